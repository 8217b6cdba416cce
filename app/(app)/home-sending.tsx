import { Anchor } from '@mantine/core';
import { Link } from '@/components/link';
import type { Scope } from '@/lib/auth/scope';
import type { CampaignRow } from '@/lib/campaigns/campaigns';
import { campaignStats } from '@/lib/campaigns/stats';
import { liveStats } from './campaigns/live-stats';
import { HomeSendingCard } from './home-sending-card';

/** Each card holds a connection open, and a browser gives a site six. */
const most = 3;

type Props = { scope: Scope; rows: CampaignRow[]; told: string[] };

export async function HomeSending({ scope, rows, told }: Props) {
  const shown = rows.slice(0, most);
  const stats = await Promise.all(shown.map((row) => campaignStats(scope, row.id)));
  return (
    <>
      {shown.map((row, index) => {
        const found = stats[index];
        return found?.ok ? (
          <HomeSendingCard
            key={row.id}
            {...{ id: row.id, name: row.name, initial: liveStats(found.value), told }}
          />
        ) : null;
      })}
      {rows.length > most && (
        <Anchor component={Link} href="/campaigns?status=sending" fz="sm">
          {rows.length - most} more on their way
        </Anchor>
      )}
    </>
  );
}
