import classes from '@/components/campaign.module.css';
import { eventWords, formatCount, reasonWords, stateWords } from '@/components/campaign-words';
import { Link } from '@/components/link';
import type { CampaignStats } from '@/lib/campaigns/stats';
import type { Channel, DeliveryState } from '@/lib/db/states';
import type { ReasonCount } from '@/lib/deliveries/reasons';
import type { Search } from './recipient-search';

type Props = { id: string; channel: Channel; stats: CampaignStats; reasons: ReasonCount[]; filter: Search };

const always: DeliveryState[] = ['sent', 'failed', 'skipped', 'unconfirmed'];
const passing: DeliveryState[] = ['retrying', 'sending', 'queued', 'cancelled'];
const events = [
  ...(['delivered', 'deferred', 'bounced', 'complained', 'unsubscribed', 'opened', 'clicked'] as const),
  ...(['codeOpened', 'codeScanned', 'redeemed'] as const),
];

/** Groups of recipients as links, each with its number. */
export function RecipientFilters({ id, channel, stats, reasons, filter }: Props) {
  const { state, event, reason, search: _search, cursor: _cursor, ...parts } = filter;
  const isPart = Object.values(parts).some((one) => one !== undefined);
  const to = (query: string) => `/campaigns/${id}/recipients${query}`;
  const states = [...always, ...passing.filter((one) => stats[one] > 0 || one === state)];
  const happened = events.filter((one) => stats[one] > 0 || one === event);
  const why = reasons.filter((one) => one.state === state);
  return (
    <nav className={classes.filters} aria-label="Groups of recipients">
      <div className={classes.pills}>
        <Pill href={to('')} label="Everybody" count={stats.planned} here={!state && !event && !isPart} />
        {states.map((one) => (
          <Pill
            key={one}
            href={to(`?state=${one}`)}
            label={stateWords[one].label}
            color={stateWords[one].color}
            count={stats[one]}
            here={state === one && !reason && !isPart}
          />
        ))}
      </div>
      {why.length > 0 && (
        <div className={classes.pills}>
          {why.map((one) => (
            <Pill
              key={one.reason}
              href={to(`?state=${one.state}&reason=${one.reason}`)}
              label={reasonWords[channel][one.reason]}
              count={one.count}
              here={reason === one.reason}
            />
          ))}
        </div>
      )}
      {happened.length > 0 && (
        <div className={classes.pills}>
          {happened.map((one) => (
            <Pill
              key={one}
              href={to(`?event=${one}`)}
              label={eventWords[one].label}
              count={stats[one]}
              here={event === one && !isPart}
            />
          ))}
        </div>
      )}
    </nav>
  );
}

type PillProps = { href: string; label: string; count: number; color?: string; here: boolean };

function Pill({ href, label, count, color, here }: PillProps) {
  return (
    <Link href={href} className={classes.pill} aria-current={here ? 'page' : undefined} scroll={false}>
      {color && <span className={classes.swatch} style={{ background: color }} />}
      {label} <span className={classes.pillCount}>{formatCount(count)}</span>
    </Link>
  );
}
