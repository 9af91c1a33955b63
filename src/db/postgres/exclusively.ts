/** Work that one server does at a time: a lock of PostgreSQL's, which goes with its connection. */
import { Refusal } from '../../protocol/refusal.ts';
import { TurnsByName } from '../turns-by-name.ts';
import { type Connection, Pool, type PoolOptions } from './pool.ts';
import { isPassing } from './trouble.ts';
import { asRefusal } from './unreachable.ts';

/** The first half of each lock's number; the second is a name's hash. Two that meet wait for each other, and no more. */
const NAMED = 0x4e414d45;
const CONNECTIONS = 4;
const MAX_WAITING = 10_000;
/** Who waits longer is refused: somebody else is held up in his work. */
const LOCK_MS = 10_000;
const RETRY_MS = 1_000;

export class Exclusively {
  private readonly pool: Pool;
  /** So that those of this server wait for each other without a connection. */
  private readonly turns = new TurnsByName();

  constructor(to: Pick<PoolOptions, 'url' | 'admit' | 'losses' | 'onError'>) {
    this.pool = new Pool({ ...to, connections: CONNECTIONS, maxWaiting: MAX_WAITING, statementMs: LOCK_MS });
  }

  /** Rejects with a `Refusal` where the lock is not to be had. */
  run<T>(name: string, work: () => Promise<T>): Promise<T> {
    return this.turns.run(name, async () => {
      const connection = await this.lock(name);
      try {
        return await work();
      } finally {
        // A connection that may still hold it lets go of it by its end.
        connection.release(!(await unlock(connection, name)));
      }
    });
  }

  private async lock(name: string): Promise<Connection> {
    let connection: Connection | null = null;
    try {
      connection = await this.pool.take();
      await connection.query('select pg_advisory_lock($1, hashtext($2))', [NAMED, name]);
      return connection;
    } catch (error) {
      connection?.release(true);
      throw isPassing(error) ? new Refusal('OVERLOADED', { retryMs: RETRY_MS }) : asRefusal(error);
    }
  }

  async close(): Promise<void> {
    await this.pool.close();
  }
}

async function unlock(connection: Connection, name: string): Promise<boolean> {
  try {
    await connection.query('select pg_advisory_unlock($1, hashtext($2))', [NAMED, name]);
    return true;
  } catch {
    return false;
  }
}
