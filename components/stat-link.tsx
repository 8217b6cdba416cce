import { Text, Tooltip } from '@mantine/core';
import classes from './campaign.module.css';
import { formatCount } from './campaign-words';
import { Link } from './link';

type Props = {
  href: string;
  label: string;
  count: number;
  /** A small share beside the number, e.g. "2.1 %". */
  share?: string;
  /** The part of the bar that it names. */
  color?: string;
  /** One sentence, shown when one rests on it. */
  meaning?: string;
};

/** A number that opens the rows behind it. */
export function StatLink({ href, label, count, share, color, meaning }: Props) {
  return (
    <Tooltip
      label={meaning}
      disabled={!meaning}
      multiline
      maw={260}
      openDelay={300}
      events={{ hover: true, focus: true, touch: false }}
    >
      <Link href={href} className={classes.state} prefetch={false}>
        <Text
          component="span"
          fz="sm"
          c="dimmed"
          display="flex"
          style={{ alignItems: 'center', whiteSpace: 'nowrap' }}
        >
          {color && <span className={classes.swatch} style={{ background: color }} />}
          {label}
        </Text>
        <span className={classes.figure}>{formatCount(count)}</span>
        {share && (
          <Text component="span" fz="sm" c="dimmed" ms={6} className="numbers">
            {share}
          </Text>
        )}
      </Link>
    </Tooltip>
  );
}
