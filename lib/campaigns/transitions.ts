import type { CampaignStatus } from '../db/states';

/** Every way in which a campaign's status may change. What is not here does not happen. */
export const transitions = {
  launch: { from: ['draft', 'scheduled'], to: 'sending' },
  pause: { from: ['sending'], to: 'paused' },
  resume: { from: ['paused'], to: 'sending' },
  cancel: { from: ['scheduled', 'sending', 'paused'], to: 'cancelled' },
  complete: { from: ['sending'], to: 'completed' },
} as const satisfies Record<string, { from: readonly CampaignStatus[]; to: CampaignStatus }>;

export type CampaignEvent = keyof typeof transitions;

export function canChange(status: CampaignStatus, event: CampaignEvent): boolean {
  const from: readonly CampaignStatus[] = transitions[event].from;
  return from.includes(status);
}
