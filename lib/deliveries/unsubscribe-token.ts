import { readSignedIds, writeSignedIds } from '../auth/signed-ids';
import { env } from '../env';
import { DeliveryId, WorkspaceId } from '../ids';

/** What an unsubscribe link names. `deliveryId` is null for a test message. */
export type UnsubscribeTarget = { workspaceId: WorkspaceId; deliveryId: DeliveryId | null };

const noDelivery = '00000000-0000-0000-0000-000000000000';

export const writeUnsubscribeToken = ({ workspaceId, deliveryId }: UnsubscribeTarget): string =>
  writeSignedIds('unsubscribe', workspaceId, deliveryId ?? noDelivery);

/** Undefined for anything that was not written by `writeUnsubscribeToken` under this APP_SECRET or the one before. */
export function readUnsubscribeToken(token: string): UnsubscribeTarget | undefined {
  const [workspace, delivery] = readSignedIds('unsubscribe', token) ?? [];
  const workspaceId = WorkspaceId.safeParse(workspace);
  const deliveryId = DeliveryId.safeParse(delivery);
  if (!workspaceId.success) return undefined;
  if (delivery === noDelivery) return { workspaceId: workspaceId.data, deliveryId: null };
  return deliveryId.success ? { workspaceId: workspaceId.data, deliveryId: deliveryId.data } : undefined;
}

/** The link in a message; null for a test message, whose link leads to a page that says so. */
export function unsubscribeUrl(scope: { workspaceId: WorkspaceId }, deliveryId: DeliveryId | null): string {
  return `${env().APP_URL}/u/${writeUnsubscribeToken({ workspaceId: scope.workspaceId, deliveryId })}`;
}
