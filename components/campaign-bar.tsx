import { type DeliveryState, deliveryStates } from '@/lib/db/states';
import classes from './campaign.module.css';
import { formatCount, stateWords } from './campaign-words';

export type StateCounts = Record<DeliveryState, number> & { planned: number };

const order: DeliveryState[] = [
  'sent',
  'failed',
  'unconfirmed',
  'skipped',
  'cancelled',
  'sending',
  'retrying',
];

/** What became of everybody, as one bar. What still waits is the empty part. Its words are for those who do not see it. */
export function CampaignBar({ counts, height = 12 }: { counts: StateCounts; height?: number }) {
  const parts = order.filter((state) => counts[state] > 0);
  const words = deliveryStates
    .filter((state) => counts[state] > 0)
    .map((state) => `${formatCount(counts[state])} ${stateWords[state].label.toLowerCase()}`);
  return (
    <div
      className={classes.bar}
      style={{ height }}
      role="img"
      aria-label={words.length > 0 ? `Progress: ${words.join(', ')}` : 'Progress: nothing yet'}
    >
      {parts.map((state) => (
        <div
          key={state}
          className={classes.part}
          style={{
            width: `${(counts[state] / Math.max(1, counts.planned)) * 100}%`,
            background: stateWords[state].color,
          }}
        />
      ))}
    </div>
  );
}
