import { Badge, Box, Progress, Text } from '@mantine/core';
import { formatMoment } from '@/components/campaign-time';
import { formatCount, share } from '@/components/campaign-words';
import type { Column } from '@/components/data-table';
import { type LimitUse, limitUse, type SenderFlow } from '@/lib/monitoring/sender-flow';

const none = (
  <Text span fz="sm" c="dimmed">
    –
  </Text>
);

const nowrap = { whiteSpace: 'nowrap' } as const;

const seconds = (ms: number) => (ms < 1000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`);

function State({ flow }: { flow: SenderFlow }) {
  const [words, color] = flow.brokenSince
    ? ['Held', 'red']
    : flow.hasSent
      ? ['Works', 'teal']
      : ['Not used yet', 'gray'];
  return (
    <Badge size="sm" variant="dot" color={color} tt="none" fw={550}>
      {words}
    </Badge>
  );
}

const tightestOf = (flow: SenderFlow) =>
  limitUse(flow).toSorted((a, b) => b.used / b.limit - a.used / a.limit)[0];

const limitWords = ({ channel }: SenderFlow, { used, limit, window }: LimitUse) =>
  `${formatCount(used)} of ${formatCount(limit)}${channel === 'sms' ? ' segments' : ''} in the last ${window}`;

/** Only a day’s limit is a warning: that of a minute or an hour is used up by every campaign that is quick. */
function limitColor({ used, limit, window }: LimitUse): string {
  if (window !== 'day' || used / limit < 0.8) return 'post';
  return used / limit >= 0.95 ? 'red' : 'yellow';
}

/** The limit that is used most. */
function Limit({ flow }: { flow: SenderFlow }) {
  const tightest = tightestOf(flow);
  if (!tightest) return none;
  const { used, limit } = tightest;
  return (
    <Box>
      <Progress
        value={Math.min(100, (used / limit) * 100)}
        size="sm"
        color={limitColor(tightest)}
        aria-label={`Limit of ${flow.name} that is used most`}
      />
      <Text fz="xs" c="dimmed" mt={4} className="numbers">
        {limitWords(flow, tightest)}
      </Text>
    </Box>
  );
}

/** On a phone, what its columns say elsewhere. */
function inBrief(flow: SenderFlow): string {
  const tightest = tightestOf(flow);
  return [
    flow.messages > 0 && `${share(flow.errors, flow.messages)} failed`,
    flow.averageMs !== null && `answers in ${seconds(flow.averageMs)}`,
    tightest && limitWords(flow, tightest),
  ]
    .filter(Boolean)
    .join(' · ');
}

/** How each sender does, over the last five minutes. */
export const senderColumns = (timeZone: string): Column<SenderFlow>[] => [
  {
    key: 'name',
    header: 'Sender',
    cell: (flow) => (
      <>
        <Text span fz="sm" fw={500} style={{ overflowWrap: 'anywhere' }}>
          {flow.name}
        </Text>
        {flow.brokenSince && (
          <Text fz="xs" c="dimmed" style={{ overflowWrap: 'anywhere', whiteSpace: 'normal' }} maw={420}>
            Since {formatMoment(flow.brokenSince, timeZone)}: {flow.problem}
          </Text>
        )}
        <Box hiddenFrom="sm" mt={4}>
          <State flow={flow} />
          <Text fz="xs" c="dimmed" mt={4} className="numbers">
            {inBrief(flow)}
          </Text>
        </Box>
      </>
    ),
  },
  { key: 'state', header: 'State', from: 'sm', width: 140, cell: (flow) => <State flow={flow} /> },
  {
    key: 'accepted',
    header: 'Accepted',
    align: 'right',
    width: 130,
    cell: (flow) =>
      flow.messages > 0 ? (
        <span style={nowrap}>
          {formatCount(flow.sent)} of {formatCount(flow.messages)}
        </span>
      ) : (
        none
      ),
  },
  {
    key: 'failed',
    header: 'Failed',
    align: 'right',
    from: 'sm',
    width: 90,
    cell: (flow) =>
      flow.messages > 0 ? <span style={nowrap}>{share(flow.errors, flow.messages)}</span> : none,
  },
  {
    key: 'answer',
    header: 'Answers in',
    align: 'right',
    from: 'md',
    width: 130,
    cell: (flow) =>
      flow.averageMs === null ? (
        none
      ) : (
        <span style={nowrap}>
          {seconds(flow.averageMs)}
          <Text span display="block" fz="xs" c="dimmed">
            at most {seconds(flow.slowestMs ?? 0)}
          </Text>
        </span>
      ),
  },
  {
    key: 'limit',
    header: 'Limit',
    from: 'md',
    width: 250,
    cell: (flow) => <Limit flow={flow} />,
  },
];
