import { z } from 'zod';
import { auditGroups } from '@/components/audit-words';
import type { AuditFilter } from '@/lib/audit/entries';

type Group = keyof typeof auditGroups;
const isGroup = (value: string): value is Group => Object.hasOwn(auditGroups, value);

/** A day that the calendar has. */
const Day = z.iso.date().optional().catch(undefined);

/** What the address may say. It can be edited by hand: what makes no sense is as if it were not there. */
export const Search = z.object({
  /** "system", or "member:…" or "key:…" with an id. */
  who: z
    .union([z.literal('system'), z.templateLiteral([z.literal(['member', 'key']), ':', z.uuid()])])
    .optional()
    .catch(undefined),
  about: z.string().refine(isGroup).optional().catch(undefined),
  from: Day,
  to: Day,
  cursor: z.string().max(500).optional().catch(undefined),
});
export type Search = z.output<typeof Search>;

export function filterOf({ who, about, from, to, cursor }: Search): AuditFilter {
  const [kind, id] = who?.split(':') ?? [];
  return {
    who:
      kind === 'system' ? { kind } : (kind === 'member' || kind === 'key') && id ? { kind, id } : undefined,
    subjects: about && isGroup(about) ? auditGroups[about].subjects : undefined,
    ...{ from, to, cursor },
  };
}
