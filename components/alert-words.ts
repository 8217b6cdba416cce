import type { AlertKind } from '@/lib/db/states';

/** The people whom the number in an alert of a campaign is about; undefined: it names none. */
export function alertPeople(
  kind: AlertKind,
  campaignId: string,
): { label: string; href: string } | undefined {
  const campaign = `/campaigns/${campaignId}`;
  if (kind === 'complaints')
    return { label: 'Who reported it', href: `${campaign}/recipients?event=complained` };
  // Some came back and some were refused at once: each has its own line there.
  if (kind === 'bounces') return { label: 'Who did not get it, and why', href: `${campaign}#reasons` };
  return undefined;
}
