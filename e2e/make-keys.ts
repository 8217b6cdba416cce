import { testKey } from '@/lib/api/testing';
import { unthrottle } from '@/lib/campaigns/testing';
import { closeDatabase } from '@/lib/db/client';
import { senders } from '@/lib/db/schema';
import { inScope } from '@/lib/db/scoped';
import { testWorkspace } from '@/lib/workspaces/testing';

/* For e2e/keys.ts, in the environment of a running product: two workspaces, and a key of each on standard output. */

const tokens: string[] = [];
for (const name of ['Rosewood Bakery', 'Somebody Else']) {
  const { scope } = await testWorkspace(name);
  const all = await inScope(scope, (tx) => tx.select({ id: senders.id }).from(senders));
  for (const { id } of all) await unthrottle(scope, id);
  tokens.push((await testKey(scope)).token);
}
await closeDatabase();
console.log(JSON.stringify(tokens));
