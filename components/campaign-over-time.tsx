import { Anchor, Card, Text, Title } from '@mantine/core';
import type { CampaignReport, Reaction, Span } from '@/lib/analytics/campaign-report';
import type { TrackingKind } from '@/lib/db/states';
import classes from './campaign.module.css';
import { formatCount, people } from './campaign-words';
import { type Column, DataTable } from './data-table';
import { Link } from './link';
import type { MomentBar, MomentSeries } from './moment-bars';
import { MomentChart } from './moment-chart';
import { People } from './people';

type Props = { id: string; report: CampaignReport; timeZone: string };

/** When a campaign's messages went out and what people did with them, as pictures and as a table; machines beside them. */
export function CampaignOverTime({ id, report, timeZone }: Props) {
  const { channel, opens, clicks, moments, span } = report;
  const did: MomentSeries[] = channel === 'sms' ? ['Clicked'] : ['Opened', 'Clicked'];
  const say = whenWords(span, timeZone);
  const bars = moments.map(
    ({ at, sent, delivered, bounced, opened, clicked }): MomentBar => ({
      ...{ at, when: say(at), Sent: sent, Delivered: delivered, Bounced: bounced },
      ...{ Opened: opened, Clicked: clicked },
    }),
  );
  const has = (name: MomentSeries) => bars.some((bar) => bar[name] > 0);
  // Not every provider tells what became of a message.
  const went = (['Sent', 'Delivered', 'Bounced'] as const).filter(has);
  return (
    <Card component="section" aria-labelledby="over-time">
      <Title order={2} id="over-time" mb={4}>
        Over time
      </Title>
      <Text fz="sm" c="dimmed" mb="md">
        {aboutWords(report, did.some(has))}
      </Text>
      {went.length > 0 && <Chart bars={bars} series={went} span={span} what="Messages" />}
      {did.some(has) && (
        <Chart
          bars={bars}
          series={did}
          span={span}
          what={channel === 'sms' ? 'Clicks' : 'Opens and clicks'}
        />
      )}
      {bars.length > 0 && (
        <AsTable id={id} bars={bars} series={[...went, ...(report.tracked ? did : [])]} span={span} />
      )}
      <Machines id={id} opens={opens} clicks={clicks} />
    </Card>
  );
}

function aboutWords({ channel, span, tracked }: CampaignReport, isAny: boolean): string {
  const isText = channel === 'sms';
  const sent = `Messages by the ${span} in which they went out`;
  if (!tracked) return `${sent}.`;
  if (isAny)
    return `${sent}, and people by the one in which they ${isText ? 'clicked' : 'opened or clicked'} for the first time.`;
  return `${sent}. Nobody has ${isText ? 'followed a link' : 'opened it'} yet; whatever happens shows here about 15 seconds later.`;
}

function whenWords(span: Span, timeZone: string): (at: string) => string {
  const clock = { hour: '2-digit', minute: '2-digit' } as const;
  const day = { day: 'numeric', month: 'short' } as const;
  const shown = { minute: clock, hour: { ...day, ...clock }, day };
  const format = new Intl.DateTimeFormat('en-GB', { timeZone, ...shown[span] });
  return (at) => format.format(new Date(at));
}

type ChartProps = { bars: MomentBar[]; series: MomentSeries[]; span: Span; what: string };

function Chart({ bars, series, span, what }: ChartProps) {
  const [first = 'Sent'] = series;
  const [one, ...others] = bars;
  if (!one) return null;
  const fullest = others.reduce((best, bar) => (bar[first] > best[first] ? bar : best), one);
  const label = `${what} by ${span}. The most, ${formatCount(fullest[first])} ${first.toLowerCase()}, are at ${fullest.when}. The table below has all of them.`;
  return <MomentChart bars={bars} series={series} label={label} />;
}

const behind: Record<MomentSeries, string> = {
  ...{ Sent: 'state=sent', Delivered: 'event=delivered', Bounced: 'event=bounced' },
  ...{ Opened: 'event=opened', Clicked: 'event=clicked' },
};

type TableProps = { id: string; bars: MomentBar[]; series: MomentSeries[]; span: Span };

function AsTable({ id, bars, series, span }: TableProps) {
  const rows = bars
    .map((bar, n) => ({ ...bar, until: bars[n + 1]?.at }))
    .filter((bar) => series.some((name) => bar[name] > 0));
  const to = (name: MomentSeries, { at, until }: (typeof rows)[number]) =>
    `/campaigns/${id}/recipients?${behind[name]}&from=${at}${until ? `&until=${until}` : ''}`;
  const columns = series.map(
    (name): Column<(typeof rows)[number]> => ({
      ...{ key: name, header: name, align: 'right' },
      cell: (row) => <People href={to(name, row)} count={row[name]} />,
      from: name === 'Delivered' || name === 'Bounced' ? 'xs' : undefined,
    }),
  );
  return (
    <details className={classes.details}>
      <summary>As a table</summary>
      <DataTable
        label={`Over time, by ${span}`}
        rows={rows}
        rowKey={(row) => row.at}
        columns={[{ key: 'when', header: 'When', cell: (row) => row.when }, ...columns]}
      />
    </details>
  );
}

function Machines({ id, opens, clicks }: { id: string; opens: Reaction; clicks: Reaction }) {
  if (opens.machine + clicks.machine === 0) return null;
  return (
    <Text fz="sm" c="dimmed" mt="md">
      Machines {opens.machine > 0 && <Done id={id} what="open" by={opens} />}
      {opens.machine > 0 && clicks.machine > 0 && ' and '}
      {clicks.machine > 0 && <Done id={id} what="click" by={clicks} />}: scanners that look for malware, and
      mail programs that load everything. They are not among the people above.
    </Text>
  );
}

/** What machines did how often, which opens the people of whose messages they did it with. */
const Done = ({ id, what, by }: { id: string; what: TrackingKind; by: Reaction }) => (
  <>
    {what === 'open' ? 'loaded the pictures' : 'followed links'} in messages to{' '}
    <Anchor
      component={Link}
      href={`/campaigns/${id}/recipients?machine=${what}`}
      inherit
      prefetch={false}
      underline="always"
    >
      {people(by.machinePeople)}
    </Anchor>
    , {formatCount(by.machine)} {by.machine === 1 ? 'time' : 'times'}
  </>
);
