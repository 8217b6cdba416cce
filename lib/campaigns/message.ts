import { eq } from 'drizzle-orm';
import type { Scope } from '../auth/scope';
import type { CompiledMessage, CompiledText } from '../db/schema/campaigns';
import { workspaces } from '../db/schema/workspaces';
import { inScope } from '../db/scoped';
import { notFound, type Result } from '../errors';
import { compileMessage } from '../messages/compile';
import { compileText } from '../messages/compile-text';
import type { MessageCompany } from '../messages/merge-values';
import type { Campaign } from './campaigns';

/** Who sends: it stands in the footer of every message. */
export async function companyOf(scope: Scope): Promise<MessageCompany | undefined> {
  const [company] = await inScope(scope, (tx) =>
    tx
      .select({ name: workspaces.name, postalAddress: workspaces.postalAddress })
      .from(workspaces)
      .where(eq(workspaces.id, scope.workspaceId)),
  );
  return company;
}

/** A campaign's message as it stands, rendered once. */
export async function compileCampaign(
  scope: Scope,
  campaign: Pick<Campaign, 'subject' | 'preheader' | 'content'>,
): Promise<Result<CompiledMessage | CompiledText>> {
  const company = await companyOf(scope);
  if (!company) return notFound('workspace');
  const { subject, preheader, content } = campaign;
  if (content.format === 'text') return compileText(content.body, company);
  return compileMessage({ subject, preheader, content, company });
}
