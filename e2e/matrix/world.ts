import { createSecretKey } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import { encode } from 'next-auth/jwt';
import { deriveKey, sign } from '@/lib/auth/secrets';
import { hashToken, newToken } from '@/lib/auth/tokens';
import * as tables from '@/lib/db/schema';
import { campaignStatuses } from '@/lib/db/states';
import {
  ApiKeyId,
  CampaignId,
  ContactId,
  DeliveryId,
  ImportId,
  ListId,
  newId,
  SandboxMessageId,
  SenderId,
  SessionId,
  UserId,
  WorkspaceId,
} from '@/lib/ids';
import type { BuiltApp } from './built-app';
import { type Principal, principals } from './principals';
import type { Noun, Place } from './rules';

/*
 * Two workspaces with a row of every kind in every place, and a session or key for everybody who asks. What hangs from a
 * list says so in its name ("in-own", "in-ungranted" …), so that an answer which shows it to the wrong person is found.
 */

type Standing = Exclude<Place, 'deleted' | 'malformed'>;
const standing: Standing[] = ['own', 'ungranted', 'mixed', 'foreign'];
const kinds = ['active', 'archived'] as const;
type Kind = (typeof kinds)[number];

export class World {
  readonly here = newId(WorkspaceId);
  readonly there = newId(WorkspaceId);
  private readonly ids = new Map<string, string>();
  private readonly credentials = new Map<Principal, Record<string, string>>();
  private readonly importFiles: string[] = [];
  private readonly db: PostgresJsDatabase;

  constructor(private readonly app: BuiltApp) {
    this.db = drizzle(app.sql);
  }

  /** The id of a row; undefined where there is no such place for it. */
  id(noun: Noun, place: Place, who: Principal, state = 'active'): string | undefined {
    if (place === 'malformed') return 'no-id';
    if (place === 'deleted') return this.ids.get(`${noun} deleted`);
    if (noun === 'import' && place === 'own')
      return this.ids.get(`import ${who.name}`) ?? this.ids.get('import ungranted');
    return this.ids.get(`${noun} ${place} ${state}`) ?? this.ids.get(`${noun} ${place}`);
  }

  /** The one of everybody's rows that must be there. */
  the(noun: Noun, place: Standing = 'own', state = 'active'): string {
    const id = this.ids.get(`${noun} ${place} ${state}`) ?? this.ids.get(`${noun} ${place}`);
    if (!id) throw new Error(`the world has no ${state} ${noun} in the place ${place}`);
    return id;
  }

  headersOf(who: Principal): Record<string, string> {
    return this.credentials.get(who) ?? {};
  }

  /** A link of a message that was sent from here. */
  unsubscribeToken(): string {
    const bytes = [this.here, this.the('delivery')].map((id) => Buffer.from(id.replaceAll('-', ''), 'hex'));
    const data = Buffer.concat(bytes);
    const key = createSecretKey(deriveKey('unsubscribe', this.app.secret));
    return Buffer.concat([data, sign('unsubscribe', data, key)]).toString('base64url');
  }

  /** Uploaded files lie on the disk: what an import throws away has to come back with the rows. */
  async writeImportFiles(): Promise<void> {
    const directory = join(this.app.dataDir, 'imports');
    await mkdir(directory, { recursive: true });
    for (const id of this.importFiles)
      await writeFile(join(directory, `${id}.csv`), 'email,first name\nnew@example.org,New\n');
  }

  async build(): Promise<void> {
    const profile = { postalAddress: '1 Mill Lane', country: 'DE', timeZone: 'Europe/Berlin' };
    await this.db.insert(tables.workspaces).values([
      { id: this.here, name: 'in-here Bakery', ...profile },
      { id: this.there, name: 'in-there Bakery', ...profile },
    ]);
    for (const place of ['own', 'foreign'] as const) await this.makeSenders(place);
    for (const kind of kinds) for (const place of standing) await this.makeList(place, kind);
    for (const kind of kinds) for (const place of standing) await this.makeContact(place, kind);
    for (const place of standing)
      for (const status of campaignStatuses) await this.makeCampaign(place, status);
    for (const place of ['ungranted', 'foreign'] as const) await this.makeImport(`import ${place}`, place);
    for (const who of principals) await this.makePrincipal(who);
    await this.makeDeleted();
    await this.writeImportFiles();
  }

  private workspaceOf = (place: Standing) => (place === 'foreign' ? this.there : this.here);
  private mark = (place: Standing) => (place === 'foreign' ? 'in-there' : `in-${place}`);

  private put<Id extends string>(name: string, id: Id): Id {
    this.ids.set(name, id);
    return id;
  }

  private listsOf(place: Standing, kind: Kind): ListId[] {
    const parts = place === 'mixed' ? (['own', 'ungranted'] as const) : [place];
    return parts.map((part) => ListId.parse(this.the('list', part, kind)));
  }

  private async makeSenders(place: 'own' | 'foreign') {
    const common = {
      workspaceId: this.workspaceOf(place),
      ...{ provider: 'sandbox' as const, fromName: 'Rose', fromEmail: 'rose@example.com' },
    };
    await this.db.insert(tables.senders).values([
      { ...common, id: this.put(`default sender ${place}`, newId(SenderId)), name: 'First', isDefault: true },
      { ...common, id: this.put(`sender ${place}`, newId(SenderId)), name: 'Second' },
    ]);
  }

  private async makeList(place: Standing, kind: Kind) {
    if (place === 'mixed') return;
    await this.db.insert(tables.lists).values({
      workspaceId: this.workspaceOf(place),
      id: this.put(`list ${place} ${kind}`, newId(ListId)),
      name: `${this.mark(place)} ${kind} list`,
      archivedAt: kind === 'archived' ? new Date() : null,
    });
  }

  private async makeContact(place: Standing, kind: Kind) {
    const workspaceId = this.workspaceOf(place);
    const contactId = this.put(`contact ${place} ${kind}`, newId(ContactId));
    // Whoever sees one of its lists may see it: so a mixed one bears no mark.
    const mark = place === 'mixed' ? 'on-both' : this.mark(place);
    await this.db.insert(tables.contacts).values({
      ...{ workspaceId, id: contactId, firstName: mark, lastName: kind },
      email: `${mark}-${kind}@example.com`,
    });
    await this.db
      .insert(tables.listContacts)
      .values(this.listsOf(place, kind).map((listId) => ({ workspaceId, listId, contactId })));
    for (const part of place === 'mixed' ? (['own', 'ungranted'] as const) : [place])
      await this.db.insert(tables.contactEvents).values({
        ...{ workspaceId, id: newId(ContactId), contactId, type: 'added_to_list' as const },
        detail: { listId: this.the('list', part, kind), name: `${this.mark(part)} ${kind} list` },
      });
  }

  private async makeCampaign(place: Standing, status: (typeof campaignStatuses)[number]) {
    const workspaceId = this.workspaceOf(place);
    const id = this.put(`campaign ${place} ${status}`, newId(CampaignId));
    if (status === 'draft') this.put(`campaign ${place}`, id);
    const isOut = status === 'sending' || status === 'paused' || status === 'completed';
    const compiled = { subject: 'Bread', preheader: '', html: '<p>Bread</p>', text: 'Bread', hash: 'x' };
    await this.db.insert(tables.campaigns).values({
      ...{ workspaceId, id, status, name: `${this.mark(place)} ${status}`, subject: 'Bread' },
      content: { format: 'markdown', body: 'Fresh bread.' },
      senderId: SenderId.parse(this.ids.get(`default sender ${place === 'foreign' ? 'foreign' : 'own'}`)),
      compiled: isOut ? compiled : null,
      planned: isOut ? 4 : null,
      startedAt: isOut ? new Date() : null,
      scheduledAt: status === 'scheduled' ? new Date(Date.now() + 7 * 24 * 3_600_000) : null,
      scheduledZone: status === 'scheduled' ? 'Europe/Berlin' : null,
    });
    await this.db
      .insert(tables.campaignLists)
      .values(this.listsOf(place, 'active').map((listId) => ({ workspaceId, campaignId: id, listId })));
    if (isOut) await this.makeDeliveries(place, id, status === 'completed');
  }

  private async makeDeliveries(place: Standing, campaignId: CampaignId, over: boolean) {
    const workspaceId = this.workspaceOf(place);
    const contactId = ContactId.parse(this.the('contact', place));
    const open = over ? 'skipped' : 'queued';
    const rows = (['sent', 'failed', 'unconfirmed', open] as const).map((state) => ({
      ...{ workspaceId, campaignId, state, contactId, id: newId(DeliveryId), channel: 'email' as const },
      address: `${this.mark(place)}-${state}@example.com`,
      batch: state === 'skipped' ? null : 0,
      reason: {
        sent: null,
        failed: 'temporary',
        unconfirmed: 'in_doubt',
        skipped: 'unsubscribed',
        queued: null,
      }[state] as 'temporary' | null,
      sentAt: state === 'sent' ? new Date() : null,
    }));
    await this.db.insert(tables.deliveries).values(rows);
    const [sent, failed, unconfirmed] = rows;
    if (!over || !sent || !failed || !unconfirmed) return;
    this.put(`delivery ${place}`, unconfirmed.id);
    await this.db.insert(tables.deliveryAttempts).values({
      ...{
        workspaceId,
        id: newId(DeliveryId),
        deliveryId: failed.id,
        attempt: 1,
        reason: 'temporary' as const,
      },
      detail: `${this.mark(place)} said no`,
    });
    await this.db.insert(tables.sandboxMessages).values({
      ...{ workspaceId, id: this.put(`sandbox message ${place}`, newId(SandboxMessageId)), headers: [] },
      ...{
        deliveryId: sent.id,
        to: sent.address,
        from: 'rose@example.com',
        html: '<p>Bread</p>',
        text: 'Bread',
      },
      subject: `${this.mark(place)} message`,
    });
  }

  private async makeImport(name: string, place: Standing, by: { user?: UserId; key?: ApiKeyId } = {}) {
    const id = this.put(name, newId(ImportId));
    this.importFiles.push(id);
    await this.db.insert(tables.imports).values({
      ...{ workspaceId: this.workspaceOf(place), id, createdBy: by.user, createdByKey: by.key, bytes: 40 },
      fileName: name === `import ${place}` ? `${this.mark(place)}.csv` : 'mine.csv',
      settings: {
        ...{ encoding: 'utf-8', delimiter: ',', header: true },
        names: ['email', 'first name'],
        columns: ['email', 'first_name'],
      },
    });
  }

  private async makePrincipal(who: Principal) {
    if (who.by === 'session') await this.makeMember(who);
    if (who.by === 'key') await this.makeKey(who);
  }

  private grantsOf(who: Principal) {
    return kinds.flatMap((kind) =>
      (['own', 'ungranted'] as const).flatMap((place) => {
        const access = who.grants[place];
        return access ? [{ listId: ListId.parse(this.the('list', place, kind)), access }] : [];
      }),
    );
  }

  private async makeMember(who: Principal) {
    const userId = newId(UserId);
    const sid = newId(SessionId);
    const email = `${userId}@example.net`;
    const name = who.at === 'there' ? 'in-there Person' : 'Ann Person';
    await this.db.insert(tables.users).values({ id: userId, email, name, passwordHash: '!' });
    await this.db.insert(tables.sessions).values({
      ...{ id: sid, userId, workspaceId: this.here },
      expiresAt: new Date(Date.now() + 24 * 3_600_000),
    });
    if (who.at !== 'former') {
      const workspaceId = who.at === 'there' ? this.there : this.here;
      await this.db.insert(tables.members).values({ workspaceId, userId, role: who.role });
      const grants = this.grantsOf(who).map((grant) => ({ ...grant, workspaceId, userId }));
      if (grants.length > 0) await this.db.insert(tables.listGrants).values(grants);
    }
    if (who.at === 'here') await this.makeImport(`import ${who.name}`, 'own', { user: userId });
    const salt = 'posthaste.session';
    const secret = deriveKey('session', this.app.secret).toString('base64');
    this.credentials.set(who, { Cookie: `${salt}=${await encode({ token: { sid }, secret, salt })}` });
  }

  private async makeKey(who: Principal) {
    const workspaceId = who.at === 'there' ? this.there : this.here;
    const id = newId(ApiKeyId);
    const token = newToken('api-key', workspaceId);
    const past = new Date(Date.now() - 1000);
    await this.db.insert(tables.apiKeys).values({
      ...{
        workspaceId,
        id,
        name: who.name,
        role: who.role,
        tokenHash: hashToken(token),
        hint: token.slice(0, 8),
      },
      revokedAt: who.name === 'key: revoked' ? past : null,
      expiresAt: who.name === 'key: expired' ? past : null,
    });
    const grants = this.grantsOf(who).map((grant) => ({ ...grant, workspaceId, keyId: id }));
    if (grants.length > 0) await this.db.insert(tables.apiKeyGrants).values(grants);
    if (who.at === 'here') await this.makeImport(`import ${who.name}`, 'own', { key: id });
    this.credentials.set(who, { Authorization: `Bearer ${token}` });
  }

  /** Ids of rows that were there once. */
  private async makeDeleted() {
    const workspaceId = this.here;
    const listId = this.put('list deleted', newId(ListId));
    const contactId = this.put('contact deleted', newId(ContactId));
    await this.db.insert(tables.lists).values({ workspaceId, id: listId, name: 'Gone' });
    await this.db.insert(tables.contacts).values({ workspaceId, id: contactId, email: 'gone@example.com' });
    await this.db.insert(tables.listContacts).values({ workspaceId, listId, contactId });
    await this.app.sql`delete from contacts where id = ${contactId}`;
    await this.app.sql`delete from lists where id = ${listId}`;
    const gone: Noun[] = ['campaign', 'delivery', 'import', 'sandbox message', 'sender'];
    for (const noun of gone) this.put(`${noun} deleted`, newId(CampaignId));
  }
}
