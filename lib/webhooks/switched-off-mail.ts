import { and, eq, inArray } from 'drizzle-orm';
import type { Scope } from '../auth/scope';
import { users } from '../db/schema/accounts';
import { members } from '../db/schema/workspaces';
import { inScope } from '../db/scoped';
import { env } from '../env';
import { sendProductMail } from '../product-mail/send-product-mail';

/** Writes to owners and admins: nobody looks at a page of settings every day. */
export async function tellOfSwitchedOff(scope: Scope, url: string, problem: string): Promise<void> {
  const people = await inScope(scope, (tx) =>
    tx
      .select({ name: users.name, address: users.email })
      .from(members)
      .innerJoin(users, eq(users.id, members.userId))
      .where(and(eq(members.workspaceId, scope.workspaceId), inArray(members.role, ['owner', 'admin']))),
  );
  const { host } = new URL(url);
  for (const person of people)
    await sendProductMail(
      scope,
      person,
      `The webhook to ${host} was switched off`,
      {
        title: 'A webhook was switched off',
        paragraphs: [
          `${host} is told of nothing any more. ${problem}`,
          'Mend its receiver, then switch the webhook on again. What it missed can be sent again from its page.',
        ],
        action: { label: 'Open webhooks', url: `${env().APP_URL}/settings/webhooks` },
      },
      { evenSandbox: true },
    );
}
