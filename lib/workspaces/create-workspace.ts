import { audit } from '../auth/audit';
import { readMemberScope } from '../auth/principals';
import { mintSystemScope } from '../auth/scope';
import { encrypt } from '../auth/secrets';
import { senders } from '../db/schema/senders';
import { members, workspaces } from '../db/schema/workspaces';
import { enterScope, type Transaction } from '../db/scoped';
import type { Channel } from '../db/states';
import { newId, SenderId, type UserId, WorkspaceId } from '../ids';
import { providers } from '../providers/registry';
import { firstSenders } from './first-sender';
import type { WorkspaceProfile } from './profile';

/**
 * A workspace with its owner and its first senders: a sandbox for each channel, and before it those that the environment names.
 * `by`: the owner themselves, or the system, when whoever administers the installation made it for them.
 */
export async function createWorkspace(
  outer: Transaction,
  owner: { id: UserId; email: string },
  profile: WorkspaceProfile,
  by: 'owner' | 'system' = 'owner',
): Promise<WorkspaceId> {
  const scope = mintSystemScope(newId(WorkspaceId));
  const { workspaceId } = scope;
  const sender = { workspaceId, fromName: profile.name, fromEmail: owner.email };
  const first = await firstSenders(outer);
  const tx = await enterScope(outer, scope);
  await tx.insert(workspaces).values({ id: workspaceId, ...profile });
  await tx.insert(members).values({ workspaceId, userId: owner.id, role: 'owner' });
  await tx.insert(senders).values({
    ...sender,
    id: newId(SenderId),
    name: 'Sandbox',
    provider: 'sandbox',
    perMinute: providers.sandbox.perMinute,
    isDefault: !first.some(({ provider }) => providers[provider].channel === 'email'),
  });
  await tx.insert(senders).values({
    ...{ workspaceId, fromName: profile.name, fromEmail: '' },
    id: newId(SenderId),
    name: 'Sandbox for text messages',
    channel: 'sms',
    provider: 'sandbox_sms',
    perMinute: providers.sandbox_sms.perMinute,
    isDefault: !first.some(({ provider }) => providers[provider].channel === 'sms'),
  });
  const given = new Set<Channel>();
  for (const { provider, name, settings } of first) {
    const { channel } = providers[provider];
    await tx.insert(senders).values({
      ...sender,
      ...(channel === 'sms' && { fromEmail: '' }),
      id: newId(SenderId),
      ...{ name, provider, channel },
      config: encrypt('provider-config', JSON.stringify(settings)),
      perMinute: providers[provider].perMinute,
      limitsProposed: true,
      isDefault: !given.has(channel),
    });
    given.add(channel);
  }
  const acting = by === 'owner' ? await readMemberScope(tx, workspaceId, owner.id, null) : scope;
  await audit(tx, acting ?? scope, 'workspace.created', workspaceId, { name: profile.name, owner: owner.id });
  return workspaceId;
}
