import type { Scope } from '../auth/scope';
import { readSignedIds, writeSignedIds } from '../auth/signed-ids';
import type { ProviderName } from '../db/states';
import { env } from '../env';
import { SenderId, WorkspaceId } from '../ids';

/** Where a sender's service shall report to. Nobody can guess it, and what comes there must be signed besides. */
export const reportAddress = (
  { workspaceId }: Pick<Scope, 'workspaceId'>,
  sender: { id: SenderId; provider: ProviderName },
): string =>
  `${env().APP_URL}/api/webhooks/${sender.provider}/${writeSignedIds('reports', workspaceId, sender.id)}`;

/** Whether `reportAddress` has made it, under this APP_SECRET or the one before. */
export const isReportAddress = (token: string): boolean => readReportToken(token) !== undefined;

/** Undefined for what `reportAddress` has not made. */
export function readReportToken(token: string): { workspaceId: WorkspaceId; senderId: SenderId } | undefined {
  const [workspace, sender] = readSignedIds('reports', token) ?? [];
  const workspaceId = WorkspaceId.safeParse(workspace);
  const senderId = SenderId.safeParse(sender);
  if (!workspaceId.success || !senderId.success) return undefined;
  return { workspaceId: workspaceId.data, senderId: senderId.data };
}
