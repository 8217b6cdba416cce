import type { CompiledMessage, CompiledText } from '../db/schema/campaigns';
import { env } from '../env';
import type { Result } from '../errors';
import { inspectMessage } from '../messages/inspect';
import { mentionsCode } from '../messages/prepare';
import { longestText } from '../messages/segments';
import type { Audience } from './audience';
import type { Campaign } from './campaigns';
import type { TextLengths } from './text-lengths';

/** Something about a campaign that should be mended before it is sent; `blocking` ones must be, and a `note` is no fault. */
export type PreflightProblem = {
  message: string;
  fix: string;
  href?: string;
  blocking: boolean;
  note?: boolean;
};

/** Gmail cuts off messages beyond this (bytes). */
const gmailClip = 102_000;

const plural = (n: number, one: string, many: string) => `${n.toLocaleString('en')} ${n === 1 ? one : many}`;

/**
 * Everything that stands between a draft and its readers, the worst first. No audience: it reaches somebody, and how many
 * was not counted.
 */
export function findProblems(
  campaign: Campaign,
  audience: Audience | null,
  compiled: Result<CompiledMessage | CompiledText>,
  texts: TextLengths | null = null,
  asleep = 0,
): PreflightProblem[] {
  return [
    ...aboutMessage(campaign, compiled),
    ...aboutLengths(campaign, texts),
    ...aboutQuietHours(asleep),
    ...aboutAudience(campaign, audience),
    ...aboutSender(campaign),
    ...aboutServer(campaign),
  ].sort((a, b) => Number(b.blocking) - Number(a.blocking));
}

function aboutMessage(
  campaign: Campaign,
  compiled: Result<CompiledMessage | CompiledText>,
): PreflightProblem[] {
  const href = `/campaigns/${campaign.id}/edit`;
  const problems: PreflightProblem[] = [];
  if (campaign.channel === 'email' && campaign.subject.trim() === '')
    problems.push({ message: 'The subject is empty.', fix: 'Write a subject.', href, blocking: true });
  if (isEmpty(campaign))
    problems.push({ message: 'The message is empty.', fix: 'Write the message.', href, blocking: true });
  if (!compiled.ok) {
    problems.push({
      message: compiled.problem.message,
      fix: 'Correct it in the editor.',
      href,
      blocking: true,
    });
    return problems;
  }
  if (compiled.value.channel === 'sms') return [...problems, ...aboutOffer(campaign, href)];
  const facts = inspectMessage(compiled.value);
  if (facts.missingUnsubscribe)
    problems.push({
      message: 'The message has no unsubscribe link.',
      fix: 'Put {{ unsubscribe_url }} into a link.',
      href,
      blocking: true,
    });
  if (facts.unsafeLinks.length > 0)
    problems.push({
      message: `${plural(facts.unsafeLinks.length, 'link leads', 'links lead')} nowhere: ${facts.unsafeLinks.slice(0, 3).join(', ') || '(empty)'}.`,
      fix: 'Give complete addresses that begin with https://.',
      href,
      blocking: false,
    });
  if (facts.bytes > gmailClip)
    problems.push({
      message: `The message is ${Math.ceil(facts.bytes / 1000)} kB long. Gmail cuts off what is beyond 102 kB.`,
      fix: 'Shorten it.',
      href,
      blocking: false,
    });
  if (campaign.offerText !== '' && !mentionsCode(compiled.value))
    problems.push({
      message: 'There is an offer, and the message does not lead to it.',
      fix: 'Put {{ qr }} or a link to {{ qr_url }} into it.',
      href,
      blocking: false,
    });
  return [...problems, ...aboutOffer(campaign, href)];
}

function aboutQuietHours(asleep: number): PreflightProblem[] {
  if (asleep === 0) return [];
  return [
    {
      message: `It is quiet hours now for ${plural(asleep, 'person', 'people')}, by their clock or by yours where theirs is not known: whatever goes out now reaches them in the morning.`,
      fix: 'See the quiet hours.',
      href: '/settings',
      blocking: false,
      note: true,
    },
  ];
}

/** Texts that are too long are nobody's to cut: whoever would get one gets none. */
function aboutLengths({ id }: Campaign, texts: TextLengths | null): PreflightProblem[] {
  if (!texts?.longest) return [];
  const { longest, tooLong, people } = texts;
  const href = `/campaigns/${id}/edit`;
  if (tooLong > 0)
    return [
      {
        message: `The message is longer than ${longestText} characters for ${
          tooLong === people ? 'everybody' : plural(tooLong, 'person', 'people')
        }: with the link and the footer it has up to ${longest.characters}. ${tooLong === people ? 'Nobody gets it' : 'They get none'}: ${namesOf(texts.tooLongNames, tooLong)}.`,
        fix: 'Shorten it.',
        href,
        blocking: tooLong === people,
      },
    ];
  if (longest.segments === 1) return [];
  const why =
    longest.encoding === 'UCS-2'
      ? 'It holds characters that are not in the alphabet of text messages, so that only 70 of them fit into one.'
      : 'Some of its characters take two places.';
  return [
    {
      message: `For ${namesOf(longest.names, longest.names.length)} the message is charged as ${longest.segments}. ${why}`,
      fix: 'See it in the editor.',
      href,
      blocking: false,
    },
  ];
}

const namesOf = (names: string[], of: number): string =>
  `${names.join(', ')}${of > names.length ? ` and ${(of - names.length).toLocaleString('en')} more` : ''}`;

function aboutOffer(campaign: Campaign, href: string): PreflightProblem[] {
  if (campaign.offerText === '') return [];
  const problems: PreflightProblem[] = [];
  if (campaign.offerEnded)
    problems.push({
      message: `The offer ended on ${campaign.offerUntil}.`,
      fix: 'Choose a later day, or none.',
      href,
      blocking: false,
    });
  return problems;
}

function isEmpty({ content }: Campaign): boolean {
  const body = content.format === 'visual' ? content.html : content.body;
  return body.replace(/<(?!img\b)[^<>]*>|&nbsp;/gi, '').trim() === '';
}

function aboutAudience(campaign: Campaign, audience: Audience | null): PreflightProblem[] {
  const href = `/campaigns/${campaign.id}/edit`;
  if (campaign.lists.length === 0)
    return [{ message: 'No list is chosen.', fix: 'Choose who gets it.', href, blocking: true }];
  const problems: PreflightProblem[] = campaign.lists
    .filter((list) => list.archived)
    .map((list) => ({
      message: `The list “${list.name}” is archived.`,
      fix: 'Choose another list.',
      href,
      blocking: true,
    }));
  if (audience?.recipients === 0) {
    const left = audience.skipped.reduce((sum, skip) => sum + skip.count, 0);
    const message =
      left === 0
        ? 'Nobody is on the chosen lists.'
        : `None of the ${plural(left, 'person', 'people')} on the chosen lists can be written to.`;
    problems.push({
      message,
      fix: `Add contacts who agreed to your ${campaign.channel === 'email' ? 'e-mails' : 'text messages, with their phone numbers'}.`,
      href: '/lists',
      blocking: true,
    });
  }
  return problems;
}

function aboutSender({ sender, id, channel }: Campaign): PreflightProblem[] {
  if (!sender)
    return [
      {
        message: 'No sender is chosen.',
        fix: 'Choose from whom it comes.',
        href: `/campaigns/${id}/edit`,
        blocking: true,
      },
    ];
  const href = '/settings/senders';
  if (sender.provider === 'sandbox_sms')
    return [
      {
        message: 'The sandbox delivers to the inbox inside this app. Nobody’s phone gets a text message.',
        fix: 'To write to real people, choose a sender that is connected to Twilio.',
        href,
        blocking: false,
        note: true,
      },
    ];
  if (channel === 'sms') return [];
  if (!/^[^\s@]+@[^\s@]+$/.test(sender.fromEmail))
    return [
      {
        message: `The sender “${sender.name}” has no valid from address.`,
        fix: 'Enter one in Settings.',
        href,
        blocking: true,
      },
    ];
  if (sender.provider !== 'sandbox')
    return sender.domainProblems.map((message) => ({
      message,
      fix: 'See what should stand there.',
      href: `/settings/senders/${sender.id}`,
      blocking: false,
    }));
  return [
    {
      message: 'The sandbox delivers to the inbox inside this app. Nobody gets an e-mail.',
      fix: 'To write to real people, choose a sender that is connected to a mail server.',
      href,
      blocking: false,
      note: true,
    },
  ];
}

/** Whether an address leads nowhere but to the machine on which it is opened. */
export const isLocal = (url: string) =>
  /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(url).hostname);

/** Links for unsubscribing and pictures lead to this server: whoever gets the message must be able to open it. */
function aboutServer({ sender, channel }: Campaign): PreflightProblem[] {
  const { APP_URL } = env();
  if (!sender || ['sandbox', 'sandbox_sms'].includes(sender.provider) || !isLocal(APP_URL)) return [];
  return [
    {
      message: `${channel === 'sms' ? 'The links of the message lead' : 'The unsubscribe link and the pictures of the message lead'} to ${APP_URL}, which only this computer can open.`,
      fix: 'Start Posthaste with APP_URL set to the address at which your readers reach it.',
      blocking: false,
    },
  ];
}
