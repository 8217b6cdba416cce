import { Card, Group, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from '@/components/campaign.module.css';
import { CampaignListProgress } from '@/components/campaign-list-progress';
import { formatMoment } from '@/components/campaign-time';
import { readableSubject } from '@/components/campaign-words';
import { Link } from '@/components/link';
import type { CampaignRow } from '@/lib/campaigns/campaigns';
import { describeMoment } from '@/lib/campaigns/local-time';
import type { CampaignProgress } from '@/lib/campaigns/progress';
import type { ScheduledCampaign } from '@/lib/campaigns/scheduled';
import type { CampaignId } from '@/lib/ids';

export function HomeDrafts({ rows, timeZone }: { rows: CampaignRow[]; timeZone: string }) {
  if (rows.length === 0) return null;
  return (
    <Section title="Drafts to continue" all="/campaigns?status=draft">
      {rows.map((row) => (
        <Link key={row.id} href={`/campaigns/${row.id}`} className={classes.line} prefetch={false}>
          <Name name={row.name} below={readableSubject(row.subject) || 'No subject yet'} />
          <Text component="span" fz="xs" c="dimmed" className="numbers" style={{ flexShrink: 0 }}>
            {formatMoment(row.updatedAt, timeZone)}
          </Text>
        </Link>
      ))}
    </Section>
  );
}

/** What goes out by itself, and when, on the clock that was meant. */
export function HomeScheduled({ rows }: { rows: ScheduledCampaign[] }) {
  if (rows.length === 0) return null;
  return (
    <Section title="Scheduled" all="/campaigns?status=scheduled">
      {rows.map(({ id, name, at, zone }) => (
        <Link key={id} href={`/campaigns/${id}`} className={classes.line} prefetch={false}>
          <Name name={name} below={at ? `Goes out on ${describeMoment(at, zone ?? 'UTC')}` : ''} />
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
                name={row.name}
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

function Name({ name, below }: { name: string; below: string }) {
  return (
    <span style={{ minWidth: 0 }}>
      <Text component="span" display="block" fz="sm" fw={550} style={{ overflowWrap: 'anywhere' }}>
        {name}
      </Text>
      <Text component="span" fz="xs" c="dimmed" lineClamp={2} className="numbers">
        {below}
      </Text>
    </span>
  );
}
