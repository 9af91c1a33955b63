/**
 * Readings over PostgreSQL. What a reading asks, it asks of one connection, whose transaction sees one state from its
 * first question on; whatever is asked outside of one is asked of any. Whose question it is, is known by the asynchronous
 * context, so that nobody has to hand a connection on.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { Gathering } from './gather.ts';
import type { Connection, Pool } from './pool.ts';
import type { Ask } from './questions.ts';

export interface Readings {
  ask: Ask;
  /** Gives what `read` gives, which sees one state of everything. One within another is a part of it. */
  reading: <T>(read: () => Promise<T>) => Promise<T>;
}

/** A reading that is under way: it takes a connection when it first asks. */
class UnderWay {
  readonly gathering: Gathering;
  over = false;
  private connection: Promise<Connection> | null = null;
  private readonly pool: Pool;

  constructor(pool: Pool) {
    this.pool = pool;
    this.gathering = new Gathering(async (use) => {
      if (this.over) throw new Error('a question was asked of a reading that is over');
      this.connection ??= this.begin();
      await use(await this.connection);
    }, true);
  }

  private async begin(): Promise<Connection> {
    const connection = await this.pool.take();
    // Its failure is the first question's too, which goes out with it.
    connection.query('begin isolation level repeatable read read only').catch(() => {});
    return connection;
  }

  /** Nobody waits for the end: what was read is read. */
  end(): void {
    this.over = true;
    // Where there is no connection, whoever asked has been told why.
    void this.connection?.then(
      (connection) => {
        const release = () => connection.release();
        connection.query('commit').then(release, release);
      },
      () => {},
    );
  }
}

export function readingsOver(pool: Pool): Readings {
  const current = new AsyncLocalStorage<UnderWay>();
  const outside = new Gathering((use) => pool.lend(use));
  // What a reading has set going may outlive it, and is then outside.
  const underWay = (): UnderWay | null => {
    const reading = current.getStore();
    return reading === undefined || reading.over ? null : reading;
  };
  return {
    ask: (statement, values) => (underWay()?.gathering ?? outside).ask(statement, values),
    reading: async (read) => {
      if (underWay() !== null) return read();
      const reading = new UnderWay(pool);
      try {
        return await current.run(reading, read);
      } finally {
        reading.end();
      }
    },
  };
}
