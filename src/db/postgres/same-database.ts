/**
 * Every connection of a server is to the database that it began with. While it was cut off a standby may have taken over,
 * which need not know all that was told to clients, somebody may have put another in its place, or a newer Parley may have
 * changed its tables: whoever finds that may say nothing more, and has to begin anew.
 */
import type pg from 'pg';
import { StartError } from '../start-error.ts';
import { shareDatabase } from './connect.ts';
import { LIFE } from './life.ts';

const SAME = `select life, (select coalesce(max(id), 0) from parley_migrations) as version from (${LIFE}) as of`;
/** That of a way which is barred: of https://www.postgresql.org/docs/current/errcodes-appendix.html. */
const REJECTED = '08004';

interface Found {
  life: string;
  version: number;
}

export class SameDatabase {
  private readonly begun: Found;
  private readonly onOther: (reason: StartError) => void;
  private told = false;

  private constructor(begun: Found, onOther: (reason: StartError) => void) {
    this.begun = begun;
    this.onOther = onOther;
  }

  /**
   * Takes what `client` is connected to for the server's.
   *
   * @param onOther told once, when a connection was to another
   */
  static async of(client: pg.ClientBase, onOther: (reason: StartError) => void): Promise<SameDatabase> {
    return new SameDatabase(await found(client), onOther);
  }

  /** What a new connection is asked before anything else. Rejects where it is not to be used. */
  readonly admit = async (client: pg.ClientBase): Promise<void> => {
    await shareDatabase(client);
    const { life, version } = await found(client);
    const { begun } = this;
    if (life === begun.life && version === begun.version) return;
    const what = life === begun.life ? 'was changed by another version of Parley' : 'is not the one it was';
    const reason = new StartError(`The PostgreSQL database ${what}: this server has to begin anew.`);
    if (!this.told) this.onOther(reason);
    this.told = true;
    throw Object.assign(reason, { code: REJECTED });
  };
}

async function found(client: pg.ClientBase): Promise<Found> {
  const { rows } = await client.query<Found>(SAME);
  return rows[0] ?? { life: '', version: 0 };
}
