import type { CampaignStatus } from '../db/states';

/**
 * Every way in which a campaign's status may change, or may be confirmed as it is. What is not here does not happen. Guards,
 * the buttons on a campaign's page and the diagram in docs/understand.md follow from it.
 */
export const transitions = {
  /** Also says another time to one that is scheduled. */
  schedule: { from: ['draft', 'scheduled'], to: 'scheduled' },
  unschedule: { from: ['scheduled'], to: 'draft' },
  /** Its time came, and a person has to decide. */
  hold: { from: ['scheduled'], to: 'scheduled' },
  launch: { from: ['draft', 'scheduled'], to: 'sending' },
  pause: { from: ['sending'], to: 'paused' },
  resume: { from: ['paused'], to: 'sending' },
  cancel: { from: ['scheduled', 'sending', 'paused'], to: 'cancelled' },
  complete: { from: ['sending'], to: 'completed' },
  /** Puts people who did not get it, or may not have, back into the queue. */
  retry: { from: ['sending', 'completed'], to: 'sending' },
} as const satisfies Record<string, { from: readonly CampaignStatus[]; to: CampaignStatus }>;

export type CampaignEvent = keyof typeof transitions;

export function canChange(status: CampaignStatus, event: CampaignEvent): boolean {
  const from: readonly CampaignStatus[] = transitions[event].from;
  return from.includes(status);
}

const now: Record<CampaignStatus, string> = {
  draft: 'still a draft',
  scheduled: 'scheduled',
  sending: 'being sent',
  paused: 'paused',
  completed: 'completed',
  cancelled: 'cancelled',
};

const instead: Partial<Record<CampaignEvent, Partial<Record<CampaignStatus, string>>>> = {
  schedule: {
    completed: 'Duplicate it to send it again.',
    cancelled: 'Duplicate it to send it.',
  },
  launch: {
    paused: 'Resume it instead.',
    completed: 'Duplicate it to send it again.',
    cancelled: 'Duplicate it to send it.',
  },
  retry: {
    paused: 'Resume it first.',
    cancelled: 'Duplicate it to send it.',
  },
};

/** Why an event does not happen to a campaign in this status, and what to do, for the person who asked for it. */
export function refusal(status: CampaignStatus, event: CampaignEvent): string {
  // One that may, and did not: somebody was faster.
  if (canChange(status, event))
    return 'This campaign was changed in another window meanwhile. Look at it again, then decide.';
  const advice = instead[event]?.[status] ?? 'Reload the page to see how it stands.';
  return `This cannot be done: the campaign is ${now[status]}. ${advice}`;
}
