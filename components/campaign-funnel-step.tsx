import { Tooltip } from '@mantine/core';
import classes from './campaign.module.css';
import { formatCount } from './campaign-words';
import { Link } from './link';

type Props = {
  href: string;
  label: string;
  meaning?: string;
  count: number;
  /** How many a whole bar stands for. */
  of: number;
  share?: string;
  color?: string;
};

/** One line of the funnel: a number as a bar, which opens the people behind it. */
export function CampaignFunnelStep({ href, label, meaning, count, of, share, color }: Props) {
  const width = of === 0 ? 0 : Math.min(100, (count / of) * 100);
  return (
    <Tooltip
      label={meaning}
      disabled={!meaning}
      multiline
      maw={260}
      openDelay={300}
      events={{ hover: true, focus: true, touch: false }}
    >
      <Link href={href} className={classes.step} prefetch={false}>
        <span className={classes.stepLabel}>{label}</span>
        <span className={classes.stepBar} aria-hidden>
          <span style={{ width: `${count > 0 ? Math.max(0.5, width) : 0}%`, background: color }} />
        </span>
        <span className={classes.stepCount}> {formatCount(count)}</span>
        <span className={classes.stepShare}> {share}</span>
      </Link>
    </Tooltip>
  );
}
