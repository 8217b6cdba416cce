import { Text } from '@mantine/core';
import type { SystemState } from '@/lib/monitoring/system-state';
import classes from './campaign.module.css';
import { elapsed, formatCount, share } from './campaign-words';

type Figure = { label: string; value: string; hint: string; isBad?: boolean };

function figuresOf(state: SystemState, now: Date): Figure[] {
  const { messages, sent, errors, queue, workers } = state;
  const some = messages > 0;
  return [
    {
      label: 'Processing now',
      value: formatCount(state.messagesPerMinute),
      hint: 'messages a minute',
    },
    {
      label: 'Accepted',
      value: some ? share(sent, messages) : 'None',
      hint: some ? `${formatCount(sent)} of ${formatCount(messages)} attempts` : 'nothing was sent',
    },
    {
      label: 'Failed',
      value: some ? share(errors, messages) : 'None',
      hint: some ? `${formatCount(errors)} of ${formatCount(messages)} attempts` : 'nothing was sent',
    },
    {
      label: 'Waiting',
      value: formatCount(queue.waiting),
      hint:
        queue.oldestSince && queue.waiting > 0
          ? `the longest for ${elapsed(queue.oldestSince, now)}`
          : 'of the campaigns that go out',
    },
    {
      label: 'Workers',
      value: formatCount(workers),
      hint: workers === 0 ? 'nothing is sent' : 'running',
      isBad: workers === 0,
    },
  ];
}

/** How sending goes, in five figures, over the last five minutes. */
export function SystemFigures({ state, now }: { state: SystemState; now: Date }) {
  return (
    <dl
      className={classes.states}
      style={{ marginBlock: 0, gridTemplateColumns: 'repeat(auto-fit, minmax(140px, 1fr))' }}
    >
      {figuresOf(state, now).map(({ label, value, hint, isBad }) => (
        <div key={label} style={{ padding: '10px 12px' }}>
          <Text component="dt" fz="sm" c="dimmed">
            {label}
          </Text>
          <dd style={{ margin: 0 }}>
            <Text component="span" className={classes.figure} c={isBad ? 'red' : undefined}>
              {value}
            </Text>
            <Text component="span" fz="xs" c="dimmed" display="block">
              {hint}
            </Text>
          </dd>
        </div>
      ))}
    </dl>
  );
}
