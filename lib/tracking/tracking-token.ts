import { readSignedIds, writeSignedIds } from '../auth/signed-ids';
import { env } from '../env';
import { DeliveryId, WorkspaceId } from '../ids';

/** What the address in a tracked message names. Where a link leads stands in no address: only its number does. */
export type Tracked = { workspaceId: WorkspaceId; deliveryId: DeliveryId };

/** Undefined for anything that was not written by `trackingUrl` under this APP_SECRET or the one before. */
export function readTrackingToken(token: string): Tracked | undefined {
  const [workspace, delivery] = readSignedIds('tracking', token) ?? [];
  const workspaceId = WorkspaceId.safeParse(workspace);
  const deliveryId = DeliveryId.safeParse(delivery);
  return workspaceId.success && deliveryId.success
    ? { workspaceId: workspaceId.data, deliveryId: deliveryId.data }
    : undefined;
}

/** What the links and the pixel of one recipient's message begin with. */
export const trackingUrl = ({ workspaceId }: { workspaceId: WorkspaceId }, deliveryId: DeliveryId): string =>
  `${env().APP_URL}/t/${writeSignedIds('tracking', workspaceId, deliveryId)}`;
