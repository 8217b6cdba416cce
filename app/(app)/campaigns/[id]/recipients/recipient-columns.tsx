import { Anchor, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from '@/components/campaign.module.css';
import { formatMoment } from '@/components/campaign-time';
import { bounceWords, eventWords, reasonWords, stateWords } from '@/components/campaign-words';
import type { Column } from '@/components/data-table';
import { Link } from '@/components/link';
import type { Said } from '@/lib/bounces/said';
import type { Channel } from '@/lib/db/states';
import type { DeliveryRow } from '@/lib/deliveries/deliveries';
import type { FailedAttempt } from '@/lib/deliveries/reasons';

export type Recipient = DeliveryRow & { failed: FailedAttempt[]; bounce?: Said };

type Decision = (row: Recipient) => ReactNode;

/** `decide`: what one can do about an unconfirmed one that waits. */
export const recipientColumns = (
  channel: Channel,
  timeZone: string,
  decide: Decision,
): Column<Recipient>[] => [
  {
    key: 'who',
    header: 'Recipient',
    width: '34%',
    cell: (row) => <Who row={row} channel={channel} timeZone={timeZone} decide={decide} />,
  },
  { key: 'state', header: 'State', from: 'sm', width: 150, cell: (row) => <State row={row} /> },
  {
    key: 'what',
    header: 'What happened',
    from: 'sm',
    cell: (row) => <Story row={row} channel={channel} timeZone={timeZone} decide={decide} />,
  },
  {
    key: 'when',
    header: 'When',
    from: 'md',
    width: 150,
    cell: (row) => {
      const last = row.sentAt ?? row.failed.at(-1)?.at;
      return last ? (
        <Text component="span" fz="xs" c="dimmed" className="numbers" style={{ whiteSpace: 'nowrap' }}>
          {formatMoment(last, timeZone)}
        </Text>
      ) : (
        '–'
      );
    },
  },
];

type Props = { row: Recipient; channel: Channel; timeZone: string; decide: Decision };

function Who({ row, channel, timeZone, decide }: Props) {
  const name = `${row.firstName ?? ''} ${row.lastName ?? ''}`.trim();
  const label = row.contactId ? (row.address ?? (name || 'Nobody’s address')) : 'Erased person';
  return (
    <>
      {row.contactId ? (
        <Anchor component={Link} href={`/contacts/${row.contactId}`} fz="sm" fw={550} prefetch={false}>
          {label}
        </Anchor>
      ) : (
        <Text component="span" fz="sm" fw={550}>
          {label}
        </Text>
      )}
      <Text fz="xs" c="dimmed">
        {row.contactId ? row.address && name : 'Nothing about them was kept'}
      </Text>
      <Text component="div" fz="sm" hiddenFrom="sm" mt={6}>
        <State row={row} />
        <Story row={row} channel={channel} timeZone={timeZone} decide={decide} />
      </Text>
    </>
  );
}

function State({ row }: { row: Recipient }) {
  const { label, color } = stateWords[row.state];
  return (
    <span style={{ whiteSpace: 'nowrap' }}>
      <span className={classes.swatch} style={{ background: color }} />
      {label}
    </span>
  );
}

const later = [
  ...(['complained', 'unsubscribed', 'bounced', 'redeemed', 'codeScanned', 'codeOpened'] as const),
  ...(['clicked', 'opened', 'delivered', 'deferred'] as const),
];

/** The reason and every attempt that failed; or what became known after sending. */
function Story({ row, channel, timeZone, decide }: Props) {
  const known = later.filter((event) => row[`${event}At`] !== null).map((event) => eventWords[event].label);
  return (
    <>
      {row.reason && <Text fz="sm">{reasonWords[channel][row.reason]}</Text>}
      {known.length > 0 && <Text fz="sm">{known.join(', ')}</Text>}
      {row.bounce && (
        <Text fz="xs" c="dimmed">
          {bounceWords[row.bounce.kind]}
          {row.bounce.detail && <q className={classes.answer}>{row.bounce.detail}</q>}
        </Text>
      )}
      {row.bounce?.againAt && (
        <Text fz="xs" c="dimmed" className="numbers">
          Sent again at about {formatMoment(row.bounce.againAt, timeZone)}
        </Text>
      )}
      {row.state === 'retrying' && row.retryAt && (
        <Text fz="xs" c="dimmed" className="numbers">
          Next try at {formatMoment(row.retryAt, timeZone)}
        </Text>
      )}
      {row.state === 'queued' && row.retryAt && (
        <Text fz="xs" c="dimmed" className="numbers">
          Quiet hours where they live, until {formatMoment(row.retryAt, timeZone)}
        </Text>
      )}
      {row.failed.length > 0 && (
        <ol className={classes.attempts} aria-label="Attempts that failed">
          {row.failed.map(({ at, detail, reason }, index) => (
            <li key={at.toISOString()}>
              <span className="numbers">
                Attempt {index + 1}, {formatMoment(at, timeZone)}
              </span>
              {reason !== row.reason && `: ${reasonWords[channel][reason]}`}
              {detail && <q className={classes.answer}>{detail}</q>}
            </li>
          ))}
        </ol>
      )}
      {row.state === 'unconfirmed' &&
        (row.acceptedAt ? (
          <Text fz="xs" c="dimmed" mt={4} className="numbers">
            Left at that on {formatMoment(row.acceptedAt, timeZone)}
          </Text>
        ) : (
          row.contactId && decide(row)
        ))}
      {!row.reason && known.length === 0 && row.failed.length === 0 && !row.retryAt && (
        <Text fz="sm" c="dimmed" visibleFrom="sm">
          –
        </Text>
      )}
    </>
  );
}
