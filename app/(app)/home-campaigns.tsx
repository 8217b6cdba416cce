import { Card, Group, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from '@/components/campaign.module.css';
import { CampaignListProgress } from '@/components/campaign-list-progress';
import { formatMoment } from '@/components/campaign-time';
import { readableSubject } from '@/components/campaign-words';
import { Link } from '@/components/link';
import type { CampaignRow } from '@/lib/campaigns/campaigns';
import type { CampaignProgress } from '@/lib/campaigns/progress';
import type { CampaignId } from '@/lib/ids';

export function HomeDrafts({ rows, timeZone }: { rows: CampaignRow[]; timeZone: string }) {
  if (rows.length === 0) return null;
  return (
    <Section title="Drafts to continue" all="/campaigns?status=draft">
      {rows.map((row) => (
        <Link key={row.id} href={`/campaigns/${row.id}`} className={classes.line} prefetch={false}>
          <Name row={row} />
          <Text component="span" fz="xs" c="dimmed" className="numbers" style={{ flexShrink: 0 }}>
            {formatMoment(row.updatedAt, timeZone)}
          </Text>
        </Link>
      ))}
    </Section>
  );
}

type RecentProps = { rows: CampaignRow[]; progress: Map<CampaignId, CampaignProgress>; timeZone: string };

export function HomeRecent({ rows, progress, timeZone }: RecentProps) {
  if (rows.length === 0) return null;
  return (
    <Section title="Recently sent" all="/campaigns">
      {rows.map((row) => {
        const counts = progress.get(row.id);
        return (
          <div key={row.id} className={classes.line}>
            <Link href={`/campaigns/${row.id}`} className={classes.row} prefetch={false}>
              <Name
                row={row}
                below={`${row.status === 'cancelled' ? 'Cancelled, ' : ''}${formatMoment(row.completedAt ?? row.updatedAt, timeZone)}`}
              />
            </Link>
            {counts && <CampaignListProgress id={row.id} counts={counts} />}
          </div>
        );
      })}
    </Section>
  );
}

function Section({ title, all, children }: { title: string; all: string; children: ReactNode }) {
  return (
    <Card component="section" aria-label={title}>
      <Group justify="space-between" align="baseline" mb={6}>
        <Title order={2}>{title}</Title>
        <Link href={all} className={classes.all} aria-label={`${title}: show all`}>
          Show all
        </Link>
      </Group>
      <div className={classes.lines}>{children}</div>
    </Card>
  );
}

function Name({ row, below }: { row: CampaignRow; below?: string }) {
  return (
    <span style={{ minWidth: 0 }}>
      <Text component="span" display="block" fz="sm" fw={550} style={{ overflowWrap: 'anywhere' }}>
        {row.name}
      </Text>
      <Text component="span" fz="xs" c="dimmed" lineClamp={1} className="numbers">
        {below ?? (readableSubject(row.subject) || 'No subject yet')}
      </Text>
    </span>
  );
}
