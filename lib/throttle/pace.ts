/*
 * The throttle's arithmetic on paper. What runs is the same in SQL (drizzle/0006_throttle.sql, 0011_first_sender.sql,
 * 0019_sms_campaigns.sql), where the rows' locks and one clock make it hold for any number of workers; a test holds the two
 * together.
 */

/** The four limits of a sender or a campaign: the most messages in any such window; null: no limit. */
export type Limits = {
  perSecond: number | null;
  perMinute: number | null;
  perHour: number | null;
  perDay: number | null;
};

export const unlimited: Limits = { perSecond: null, perMinute: null, perHour: null, perDay: null };

/** Seconds of a window, and how many seconds a message may arrive late behind the moment of its permit. */
const windows = [
  { limit: 'perSecond', seconds: 1, slack: 0.02 },
  { limit: 'perMinute', seconds: 60, slack: 1 },
  { limit: 'perHour', seconds: 3600, slack: 1 },
  { limit: 'perDay', seconds: 86_400, slack: 1 },
] as const;

/** A limit: so many in any span of so many seconds, with the slack of messages that arrive late. */
export type Pace = { most: number; span: number };

const burstOf = ({ most }: Pace, heaviest: number) => Math.max(1 + Math.floor(most / 200), heaviest);

/** A window's generic cell rate algorithm: so many at once, and so many seconds for each. */
function ruleOf(pace: Pace, heaviest: number): { burst: number; step: number } {
  const burst = burstOf(pace, heaviest);
  return { burst, step: pace.span / Math.max(1, pace.most - burst + 1) };
}

export const pacesOf = (limits: Limits): Pace[] =>
  windows.flatMap(({ limit, seconds, slack }) => {
    const most = limits[limit];
    return most === null ? [] : [{ most, span: seconds + slack }];
  });

/** A window with its rule: so many at once, and so many seconds for each. */
export type PacedWindow = Pace & { burst: number; step: number };

/** One window's rule for messages that each count for `weight`; undefined: it has no limit. */
export function stepOf(window: keyof Limits, limits: Limits, weight: number): PacedWindow | undefined {
  const [pace] = pacesOf({ ...unlimited, [window]: limits[window] });
  return pace && { ...pace, ...ruleOf(pace, weight) };
}

/** Messages a minute that limits allow in the long run; Infinity: as many as come. */
const perMinuteOf = (limits: Limits) =>
  Math.min(...windows.map(({ limit, seconds }) => ((limits[limit] ?? Infinity) * 60) / seconds));

/** Limits that nobody has set are a proposal: they do not hold a campaign whose own limits ask for more. */
export function givesWay(sender: { limits: Limits; limitsProposed: boolean }, campaign: Limits): boolean {
  const asked = perMinuteOf(campaign);
  return sender.limitsProposed && asked < Infinity && asked > perMinuteOf(sender.limits);
}

export type Step = { granted: number; start: number; tats: number[]; wait: number };

const lookahead = 0.2;

/**
 * What is granted to somebody who asks for `want` messages at `now`, each of which counts for `each`, given where each window
 * stands and what those of the grant before counted for. All in seconds.
 */
export function grantAt(
  paces: Pace[],
  tats: number[],
  now: number,
  want: number,
  { each, before }: { each: number; before: number } = { each: 1, before: 1 },
): Step {
  const rules = paces.map((pace) => {
    const rule = ruleOf(pace, Math.max(each, before));
    // Lighter ones went before, at a pace that leaves no room for a heavy one at once.
    const early = Math.max(0, burstOf(pace, each) - burstOf(pace, before)) * rule.step;
    return { ...rule, early, most: pace.most };
  });
  const n = Math.min(
    want,
    ...rules.map(({ burst, most }) => {
      const half = Math.min(Math.floor((burst + 1) / 2), Math.floor(most / 2));
      return Math.max(1, Math.floor(half / each));
    }),
  );
  const weight = n * each;
  const start = Math.max(
    now,
    ...rules.map(({ burst, step, early }, w) => (tats[w] ?? 0) - (burst - weight) * step + early),
  );
  if (start - now > lookahead) return { granted: 0, start, tats, wait: start - now - 0.1 };
  return {
    granted: n,
    start,
    tats: rules.map(({ step }, w) => Math.max(tats[w] ?? 0, start) + weight * step),
    wait: 0,
  };
}

/** Seconds that so many messages take under some limits; null when nothing limits them. */
export function secondsFor(messages: number, limits: Limits[]): number | null {
  const rules = limits.flatMap(pacesOf).map((pace) => ruleOf(pace, 1));
  if (rules.length === 0) return null;
  return Math.max(...rules.map(({ burst, step }) => Math.max(0, messages - burst) * step));
}
