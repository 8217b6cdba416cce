import { sign, signingKeys, verify } from '../auth/secrets';
import { env } from '../env';
import { DeliveryId, WorkspaceId } from '../ids';

/** What an unsubscribe link names. `deliveryId` is null for a test message. */
export type UnsubscribeTarget = { workspaceId: WorkspaceId; deliveryId: DeliveryId | null };

const noDelivery = '00000000-0000-0000-0000-000000000000';
const idBytes = 16;
const signatureBytes = 16;
const length = ((2 * idBytes + signatureBytes) * 4) / 3;

let keys: ReturnType<typeof signingKeys> | undefined;

const bytesOf = (id: string) => Buffer.from(id.replaceAll('-', ''), 'hex');

function idOf(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** Workspace, delivery and a MAC of 128 bits over both, base64url: 64 characters. */
export function writeUnsubscribeToken({ workspaceId, deliveryId }: UnsubscribeTarget): string {
  keys ??= signingKeys('unsubscribe');
  const data = Buffer.concat([bytesOf(workspaceId), bytesOf(deliveryId ?? noDelivery)]);
  return Buffer.concat([data, sign('unsubscribe', data, keys)]).toString('base64url');
}

/** Undefined for anything that was not written by `writeUnsubscribeToken` under this APP_SECRET or the one before. */
export function readUnsubscribeToken(token: string): UnsubscribeTarget | undefined {
  if (token.length !== length || !/^[\w-]+$/.test(token)) return undefined;
  const bytes = Buffer.from(token, 'base64url');
  const data = bytes.subarray(0, 2 * idBytes);
  keys ??= signingKeys('unsubscribe');
  if (!verify('unsubscribe', data, bytes.subarray(2 * idBytes), keys)) return undefined;
  const delivery = idOf(data.subarray(idBytes));
  const workspaceId = WorkspaceId.safeParse(idOf(data.subarray(0, idBytes)));
  const deliveryId = DeliveryId.safeParse(delivery);
  if (!workspaceId.success) return undefined;
  if (delivery === noDelivery) return { workspaceId: workspaceId.data, deliveryId: null };
  return deliveryId.success ? { workspaceId: workspaceId.data, deliveryId: deliveryId.data } : undefined;
}

/** The link in a message; null for a test message, whose link leads to a page that says so. */
export function unsubscribeUrl(scope: { workspaceId: WorkspaceId }, deliveryId: DeliveryId | null): string {
  return `${env().APP_URL}/u/${writeUnsubscribeToken({ workspaceId: scope.workspaceId, deliveryId })}`;
}
