import { Anchor, Box, Text } from '@mantine/core';
import {
  IconAlertTriangle,
  IconBan,
  IconClick,
  IconClockPause,
  IconEye,
  IconEyeOff,
  IconFileImport,
  IconGift,
  IconMail,
  IconMailCheck,
  IconMailOff,
  IconMailOpened,
  IconMailX,
  IconMessage,
  IconPencil,
  IconPlus,
  IconQrcode,
  IconScan,
  IconSend,
  IconUsersMinus,
  IconUsersPlus,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { HistoryEntry, MessageStep } from '@/lib/contacts/contact-history';
import type { BounceOutcome } from '@/lib/db/states';
import { formatMoment } from './campaign-time';
import { reasonWords, stateWords } from './campaign-words';
import classes from './contact.module.css';
import { Link } from './link';

type Props = {
  entries: HistoryEntry[];
  timeZone: string;
  /** When it all began, said once at the end of the last page. */
  createdAt: Date;
  isEnd: boolean;
};

/** What happened to a contact, the newest first. */
export function ContactHistory({ entries, timeZone, createdAt, isEnd }: Props) {
  const tellsBeginning = entries.some((entry) => entry.kind === 'event' && entry.type === 'created');
  return (
    <ol className={classes.history}>
      {entries.map((entry) => {
        const words = tell(entry);
        return <Line key={entry.id} {...words} at={formatMoment(entry.at, timeZone)} />;
      })}
      {isEnd && !tellsBeginning && (
        <Line icon={IconPlus} says="Became a contact" at={formatMoment(createdAt, timeZone)} />
      )}
    </ol>
  );
}

type Words = { icon: typeof IconMail; says: ReactNode; more?: ReactNode; tone?: 'good' | 'bad' };

function Line({ icon: Icon, says, more, tone, at }: Words & { at: string }) {
  return (
    <li className={classes.entry}>
      <Box className={classes.mark} data-tone={tone} aria-hidden>
        <Icon size={15} stroke={1.7} />
      </Box>
      <Box pt={3}>
        <Text fz="sm" component="div" style={{ overflowWrap: 'anywhere' }}>
          {says}
        </Text>
        <Text fz="xs" c="dimmed" component="div">
          {at}
          {more && <> · {more}</>}
        </Text>
      </Box>
    </li>
  );
}

function tell(entry: HistoryEntry): Words {
  if (entry.kind === 'message') return tellMessage(entry);
  if (entry.kind === 'unsent') return tellUnsent(entry);
  if (entry.kind === 'click')
    return {
      icon: IconClick,
      tone: 'good',
      says: <>Followed a link of {to(`/campaigns/${entry.campaign.id}`, entry.campaign.name)}</>,
      more: entry.url,
    };
  if (entry.kind === 'import')
    return {
      icon: IconFileImport,
      says: <>Written by the import of {to(`/contacts/imports/${entry.importId}`, entry.fileName)}</>,
    };
  return tellEvent(entry);
}

type Of<Kind> = Extract<HistoryEntry, { kind: Kind }>;

const suppressed: Record<string, string> = {
  complained: 'Reported a message as spam',
  opted_out: 'They told the provider to stop',
  manual: 'The address was put on the suppression list by somebody of your team',
};

function tellEvent({ type, detail, campaign }: Of<'event'>): Words {
  const list = to(typeof detail.listId === 'string' ? `/lists/${detail.listId}` : null, text(detail.name));
  const through = campaign && <> through {to(`/campaigns/${campaign.id}`, campaign.name)}</>;
  switch (type) {
    case 'created':
      return { icon: IconPlus, says: 'Added by hand' };
    case 'edited':
      return { icon: IconPencil, says: `Edited: ${fieldNames(detail.fields)}` };
    case 'added_to_list':
      return { icon: IconUsersPlus, says: <>Added to the list {list}</> };
    case 'removed_from_list':
      return { icon: IconUsersMinus, says: <>Removed from the list {list}</> };
    case 'texted':
      return {
        icon: IconMessage,
        says: (
          <>
            Texted{through ? <> in answer to {campaign?.name}</> : ''}: “{text(detail.text)}”
          </>
        ),
      };
    case 'unsubscribed':
      return {
        icon: IconMailOff,
        tone: 'bad',
        says: (
          <>
            {detail.channel === 'sms' ? (
              <>Texted “{text(detail.text)}”: no more text messages</>
            ) : (
              'Unsubscribed'
            )}
            {through || (detail.by === 'member' && ' by somebody of your team')}
          </>
        ),
      };
    case 'resubscribed':
      return {
        icon: IconMail,
        tone: 'good',
        says: (
          <>
            {detail.channel === 'sms' ? (
              <>Texted “{text(detail.text)}”: text messages again</>
            ) : (
              'Subscribed again'
            )}
            {through || (detail.by === 'member' && ' by somebody of your team')}
          </>
        ),
      };
    case 'tracking_off':
      return { icon: IconEyeOff, says: 'Wants nothing recorded of what they open and click', more: through };
    case 'tracking_on':
      return { icon: IconEye, says: 'Lets what they open and click be recorded again', more: through };
    case 'suppressed':
      return {
        icon: IconBan,
        tone: 'bad',
        says: (
          <>
            {suppressed[text(detail.reason)] ?? 'The address bounced'}
            {through}: nothing is sent to it any more
          </>
        ),
        more: text(detail.note),
      };
    case 'unsuppressed':
      return {
        icon: IconMail,
        tone: 'good',
        says: 'The address was taken off the suppression list by somebody of your team',
        more: text(detail.note),
      };
  }
}

/** What became of a message, with its name in the middle. */
const steps: Record<MessageStep, Pick<Words, 'icon' | 'tone'> & { says: [before: string, after: string] }> = {
  sent: { icon: IconSend, says: ['Was sent', ''] },
  deferred: { icon: IconClockPause, says: ['', 'was put off by their server, and is tried again'] },
  delivered: { icon: IconMailCheck, says: ['', 'arrived'] },
  bounced: { icon: IconMailX, tone: 'bad', says: ['', 'came back'] },
  opened: { icon: IconMailOpened, tone: 'good', says: ['Opened', ''] },
  clicked: { icon: IconClick, tone: 'good', says: ['Followed a link of', ''] },
  complained: { icon: IconAlertTriangle, tone: 'bad', says: ['Reported', 'as spam'] },
  codeOpened: { icon: IconQrcode, tone: 'good', says: ['Opened their code for', ''] },
  codeScanned: { icon: IconScan, tone: 'good', says: ['Their code was looked up for', ''] },
  redeemed: { icon: IconGift, tone: 'good', says: ['Redeemed the offer of', ''] },
};

function tellMessage({ step, campaign, channel, bounce }: Of<'message'>): Words {
  const { icon, tone, says } = steps[step];
  const [before, after] = bounce ? ['', bounces[bounce.kind]] : says;
  return {
    ...{ icon: step === 'sent' && channel === 'sms' ? IconMessage : icon, tone },
    says: (
      <>
        {before && `${before} `}
        {to(`/campaigns/${campaign.id}`, campaign.name)}
        {after && ` ${after}`}
      </>
    ),
    more: bounce?.said || (step === 'sent' && channel === 'sms' ? 'text message' : undefined),
  };
}

const bounces: Record<BounceOutcome, string> = {
  bounced: 'came back for good',
  soft_bounced: 'came back for now',
  undelivered: 'was turned away, for a reason that is not theirs',
};

function tellUnsent({ campaign, channel, state, reason }: Of<'unsent'>): Words {
  return {
    icon: state === 'queued' || state === 'sending' ? IconMail : IconAlertTriangle,
    tone: state === 'failed' || state === 'unconfirmed' ? 'bad' : undefined,
    says: (
      <>
        {to(`/campaigns/${campaign.id}`, campaign.name)}: {stateWords[state].label.toLowerCase()}
      </>
    ),
    more: reason && reasonWords[channel][reason],
  };
}

function to(href: string | null, label: string): ReactNode {
  if (!href) return <b>{label}</b>;
  return (
    <Anchor component={Link} href={href} fz="inherit" underline="always">
      {label}
    </Anchor>
  );
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

const names: Record<string, string> = {
  email: 'e-mail',
  phone: 'phone',
  firstName: 'first name',
  lastName: 'last name',
  timeZone: 'time zone',
  attributes: 'attributes',
  smsSubscribed: 'SMS consent',
  tracking: 'whether opens and clicks are recorded',
};

const fieldNames = (fields: unknown): string =>
  Array.isArray(fields) ? fields.map((field) => names[text(field)] ?? text(field)).join(', ') : 'details';
