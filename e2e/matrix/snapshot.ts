import type postgres from 'postgres';

/*
 * What every row of the database is, so that a denial that changed something is seen. Tables are found in the catalogue:
 * one that is added later counts too. Left out is what only keeps books of the asking itself.
 */

const notCompared = ['attempts', 'workers', 'handovers', 'instance'];
const columnsNotCompared: Record<string, string> = { sessions: 'last_seen_at', api_keys: 'last_used_at' };
const rowsNotCompared: Record<string, string> = { audit_log: "action = 'authorization.denied'" };

type Table = { name: string; columns: string };

export class Snapshots {
  private tables: Table[] = [];

  constructor(private readonly sql: postgres.Sql) {}

  /** Keeps a copy of every row, to which `restore` goes back. */
  async keep(): Promise<void> {
    this.tables = await this.sql<Table[]>`
      select c.relname as name, string_agg(quote_ident(a.attname), ', ' order by a.attnum) as columns
      from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
        and not a.attisdropped and a.attgenerated = ''
      where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace group by 1 order by 1`;
    await this.sql`create schema kept`;
    for (const { name } of this.tables)
      await this.sql.unsafe(`create table kept."${name}" as table public."${name}"`);
  }

  /** A hash a table; jobs count as rows too. */
  async take(): Promise<Map<string, string>> {
    const parts = this.tables
      .filter(({ name }) => !notCompared.includes(name))
      .map(({ name }) => {
        const column = columnsNotCompared[name];
        const row = column ? `to_jsonb(t) - '${column}'` : 'to_jsonb(t)';
        const left = rowsNotCompared[name];
        return part(name, row, `public."${name}" t${left ? ` where not (${left})` : ''}`);
      });
    const jobs = part('jobs', 'jsonb_build_array(t.name, t.data, t.state)', 'pgboss.job t');
    const rows = await this.sql.unsafe<{ name: string; hash: string }[]>(
      [...parts, jobs].join(' union all '),
    );
    return new Map(rows.map(({ name, hash }) => [name, hash]));
  }

  /** Puts the rows of these tables back as they were kept; without triggers, which would count them again. */
  async restore(names: string[]): Promise<void> {
    await this.sql.begin(async (tx) => {
      await tx`set local session_replication_role = replica`;
      if (names.includes('jobs')) await tx`delete from pgboss.job`;
      for (const { name, columns } of this.tables.filter((table) => names.includes(table.name)))
        await tx.unsafe(`delete from public."${name}";
          insert into public."${name}" (${columns}) select ${columns} from kept."${name}"`);
    });
  }
}

const part = (name: string, row: string, from: string) =>
  `select '${name}' as name, md5(coalesce(string_agg(md5((${row})::text), '' order by md5((${row})::text)), '')) as hash
   from ${from}`;

/** The tables that differ. */
export const differing = (before: Map<string, string>, after: Map<string, string>): string[] =>
  [...after.keys()].filter((name) => before.get(name) !== after.get(name));
