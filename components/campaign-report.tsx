import { Anchor, Card, Group, Text, Title } from '@mantine/core';
import type { DomainReport } from '@/lib/analytics/campaign-domains';
import type { LinkReport, Moment, CampaignReport as Report, Span } from '@/lib/analytics/campaign-report';
import classes from './campaign.module.css';
import { formatCount, share } from './campaign-words';
import { type Column, DataTable } from './data-table';
import { Link } from './link';
import type { ReactionBar } from './reaction-bars';
import { ReactionChart } from './reaction-chart';

type Props = { id: string; report: Report; sent: number; timeZone: string };

const spanWords: Record<Span, string> = { minute: 'minute', hour: 'hour', day: 'day' };

/** What people did with a campaign's messages, over time and by link; machines beside them. */
export function CampaignReport({ id, report, sent, timeZone }: Props) {
  if (!report.tracked) return null;
  const { channel, opens, clicks, links, moments, span } = report;
  const isText = channel === 'sms';
  return (
    <>
      <Card component="section" aria-labelledby="over-time">
        <Title order={2} id="over-time" mb={4}>
          {isText ? 'Clicks over time' : 'Opens and clicks over time'}
        </Title>
        <Text fz="sm" c="dimmed" mb="md">
          {moments.length === 0
            ? `Nobody has ${isText ? 'followed a link' : 'opened it'} yet. What happens shows here about a quarter of a minute later.`
            : `People who ${isText ? 'clicked' : 'opened or clicked'} for the first time, by ${spanWords[span]}.`}
        </Text>
        {moments.length > 0 && <OverTime isText={isText} moments={moments} span={span} timeZone={timeZone} />}
        <Machines opens={opens.machine} clicks={clicks.machine} />
      </Card>
      {links.length > 0 && (
        <Card component="section" aria-labelledby="links">
          <Title order={2} id="links" mb="md">
            Links
          </Title>
          <DataTable
            label="Links"
            rows={links}
            rowKey={(row) => String(row.link)}
            columns={linkColumns(id, sent)}
          />
        </Card>
      )}
    </>
  );
}

function Machines({ opens, clicks }: { opens: number; clicks: number }) {
  if (opens + clicks === 0) return null;
  const times = (n: number) => `${formatCount(n)} ${n === 1 ? 'time' : 'times'}`;
  const did = [
    opens > 0 && `loaded its pictures ${times(opens)}`,
    clicks > 0 && `followed its links ${times(clicks)}`,
  ].filter(Boolean);
  return (
    <Text fz="sm" c="dimmed" mt="md">
      Machines {did.join(' and ')}: scanners that look for malware, and mail programs that load everything.
      They are not among the people.
    </Text>
  );
}

function whenWords(span: Span, timeZone: string): (at: string) => string {
  const clock = { hour: '2-digit', minute: '2-digit' } as const;
  const day = { day: 'numeric', month: 'short' } as const;
  const shown = { minute: clock, hour: { ...day, ...clock }, day };
  const format = new Intl.DateTimeFormat('en-GB', { timeZone, ...shown[span] });
  return (at) => format.format(new Date(at));
}

type OverTimeProps = { isText: boolean; moments: Moment[]; span: Span; timeZone: string };

function OverTime({ isText, moments, span, timeZone }: OverTimeProps) {
  const say = whenWords(span, timeZone);
  const bars: ReactionBar[] = moments.map(({ at, opened, clicked }) => ({
    ...{ when: say(at), Opened: opened, Clicked: clicked },
  }));
  const series = isText ? (['Clicked'] as const) : (['Opened', 'Clicked'] as const);
  const [first] = series;
  const fullest = bars.reduce((best, bar) => (bar[first] > best[first] ? bar : best));
  const what = `${isText ? 'Clicks' : 'Opens and clicks'} by ${spanWords[span]}`;
  const label = `${what}. The most ${isText ? 'clicks' : 'opens'}, ${formatCount(fullest[first])}, are at ${fullest.when}. The table below has all of them.`;
  return (
    <>
      <ReactionChart bars={bars} series={[...series]} label={label} />
      <details className={classes.details}>
        <summary>As a table</summary>
        <DataTable
          label={what}
          rows={bars.filter((bar) => series.some((name) => bar[name] > 0))}
          rowKey={(row) => row.when}
          columns={[
            { key: 'when', header: 'When', cell: (row) => row.when },
            ...series.map(
              (name): Column<ReactionBar> => ({
                ...{ key: name, header: name, align: 'right' },
                cell: (row) => formatCount(row[name]),
              }),
            ),
          ]}
        />
      </details>
    </>
  );
}

const linkColumns = (id: string, sent: number): Column<LinkReport>[] => [
  {
    key: 'url',
    header: 'Leads to',
    cell: (row) => (
      <Text component="span" fz="sm" className={classes.url}>
        {row.url}
      </Text>
    ),
  },
  {
    key: 'people',
    header: 'People',
    align: 'right',
    width: 130,
    cell: (row) => (
      <Group gap={8} justify="flex-end" wrap="nowrap">
        <People href={`/campaigns/${id}/recipients?link=${row.link}`} count={row.people} />
        <Text component="span" fz="xs" c="dimmed">
          {share(row.people, sent)}
        </Text>
      </Group>
    ),
  },
  {
    key: 'clicks',
    header: 'Clicks',
    align: 'right',
    from: 'sm',
    width: 90,
    cell: (row) => formatCount(row.human),
  },
  {
    key: 'machine',
    header: 'By machines',
    align: 'right',
    from: 'sm',
    width: 120,
    cell: (row) => formatCount(row.machine),
  },
];

function People({ href, count }: { href: string; count: number }) {
  if (count === 0) return <>0</>;
  return (
    <Anchor component={Link} href={href} fz="sm" fw={600} prefetch={false} underline="always">
      {formatCount(count)}
    </Anchor>
  );
}

/** How a campaign went by mail domain. */
export function CampaignDomains({ id, domains }: { id: string; domains: DomainReport[] }) {
  if (domains.length === 0) return null;
  const number = (
    key: 'sent' | 'failed' | 'bounced' | 'opened' | 'clicked',
    header: string,
  ): Column<DomainReport> => ({
    ...{ key, header, align: 'right', width: 90 },
    from: key === 'sent' || key === 'opened' ? undefined : 'sm',
    cell: (row) => formatCount(row[key]),
  });
  return (
    <Card component="section" aria-labelledby="domains">
      <Title order={2} id="domains" mb="md">
        By mail domain
      </Title>
      <DataTable
        label="By mail domain"
        rows={domains}
        rowKey={(row) => row.domain ?? ''}
        columns={[
          {
            key: 'domain',
            header: 'Domain',
            cell: ({ domain }) =>
              domain === null ? (
                'All others'
              ) : (
                <Anchor
                  component={Link}
                  href={`/campaigns/${id}/recipients?domain=${encodeURIComponent(domain)}`}
                  fz="sm"
                  prefetch={false}
                  className={classes.url}
                >
                  {domain}
                </Anchor>
              ),
          },
          number('sent', 'Sent'),
          number('failed', 'Failed'),
          number('bounced', 'Bounced'),
          number('opened', 'Opened'),
          number('clicked', 'Clicked'),
        ]}
      />
    </Card>
  );
}
