import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Scope } from '../auth/scope';
import { inScope } from '../db/scoped';

export type FirstSteps = {
  hasContacts: boolean;
  hasCampaign: boolean;
  hasMailServer: boolean;
  hasSent: boolean;
};

const Row = z.object({
  hasContacts: z.boolean(),
  hasCampaign: z.boolean(),
  hasMailServer: z.boolean(),
  hasSent: z.boolean(),
});

/** How far a newcomer has come. What the sample data brought does not count. */
export function firstSteps(scope: Scope): Promise<FirstSteps> {
  const { workspaceId } = scope;
  return inScope(scope, async (tx) => {
    const [row] = await tx.execute(sql`
      select
        exists (select from contacts where workspace_id = ${workspaceId} and not sample) as "hasContacts",
        exists (select from campaigns where workspace_id = ${workspaceId} and not sample) as "hasCampaign",
        exists (select from senders where workspace_id = ${workspaceId} and provider not in ('sandbox', 'sandbox_sms')) as "hasMailServer",
        exists (select from campaigns where workspace_id = ${workspaceId} and started_at is not null) as "hasSent"`);
    return Row.parse(row);
  });
}
