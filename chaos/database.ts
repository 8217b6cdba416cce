import postgres from 'postgres';
import { type EmbeddedPostgres, startPostgres } from '@/scripts/embedded-postgres';
import { signal, waitUntilGone } from '@/scripts/processes.mjs';

/** A PostgreSQL of the run's own, as the superuser sees it: nothing of the product is between. */
export class Database {
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly directory: string,
    private readonly options: { connections?: number },
    private server: EmbeddedPostgres,
  ) {}

  static async start(directory: string, options: { connections?: number } = {}): Promise<Database> {
    return new Database(directory, options, await startPostgres(directory, options));
  }

  get url(): string {
    return this.server.url;
  }

  /** Asks on a connection of its own, never while the server is down. */
  ask<Answer>(question: (sql: postgres.Sql) => Promise<Answer>, name = 'posthaste'): Promise<Answer> {
    return this.#inTurn(async () => {
      const url = new URL(this.server.url);
      url.pathname = `/${name}`;
      const sql = postgres(url.href, { max: 1, onnotice: () => undefined });
      try {
        return await question(sql);
      } finally {
        await sql.end({ timeout: 5 });
      }
    });
  }

  /** Ends all connections of the workers, or every other one. Answers how many. */
  async disconnect(all: boolean): Promise<number> {
    const ended = await this.ask(
      (sql) => sql`
        select pg_terminate_backend(pid) from (
          select pid, row_number() over (order by pid) as n from pg_stat_activity where usename = 'posthaste'
        ) a where ${all} or n % 2 = 0`,
    );
    return ended.length;
  }

  /** As after a crash: no checkpoint, no goodbye; it recovers at the same address, not before `whileGone` has settled. */
  crash(whileGone: () => Promise<void> = async () => undefined): Promise<void> {
    return this.#inTurn(async () => {
      const { url, process } = this.server;
      signal(process.pid, 'SIGQUIT'); // pg_ctl's "immediate"
      if (!(await waitUntilGone(process, 30_000))) throw new Error('PostgreSQL does not end');
      await whileGone();
      this.server = await startPostgres(this.directory, { ...this.options, port: Number(new URL(url).port) });
      if (this.server.url !== url) throw new Error('the port of PostgreSQL was taken meanwhile');
    });
  }

  async stop(): Promise<void> {
    await this.#turn.catch(() => undefined);
    await this.server.stop();
  }

  #inTurn<Value>(work: () => Promise<Value>): Promise<Value> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }
}
