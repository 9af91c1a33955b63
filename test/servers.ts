/**
 * Several servers where a test asks for one: with PARLEY_TEST_SERVERS (and PARLEY_TEST_POSTGRES) each has others beside
 * it on its database. Lines and streams that are opened go to all of them in turn, requests to the first.
 */
import pg from 'pg';

/** How many one is. */
export const SERVERS = Number(process.env.PARLEY_TEST_SERVERS ?? 1);

/**
 * To skip by what is so at one server alone, a reason where there are several: what each counts for itself, or that
 * something is told elsewhere before its answer comes.
 */
export const ofOneServer: string | false = SERVERS > 1 && 'it is about one server';

interface Servers {
  urls: readonly string[];
  next: number;
  database: pg.Pool;
}

/** By the address of the first, which is all that the test knows. */
const together = new Map<string, Servers>();

/** Lines to the first of these go to all; gives what ends it, before their database is taken away. */
export function spread(urls: readonly [string, ...string[]], database: string): () => Promise<void> {
  const [first] = urls;
  const pool = new pg.Pool({ connectionString: database, max: 1 });
  pool.on('error', () => {});
  const these = { urls, next: 0, database: pool };
  together.set(first, these);
  return async () => {
    if (pool.ending) return;
    // Others may be at its address by now.
    if (together.get(first) === these) together.delete(first);
    await pool.end();
  };
}

/** Where the next line to a server goes. */
export function lineTo(url: string): string {
  const servers = together.get(url);
  if (servers === undefined) return url;
  servers.next += 1;
  return servers.urls[(servers.next - 1) % servers.urls.length] ?? url;
}

/** Pings until the line's server has published all that was written by now, at whichever server; gives the last answer. */
export async function pingedBehindAll<Pong extends { cursor?: string } | null>(
  url: string,
  ping: () => Promise<Pong>,
): Promise<Pong> {
  const newest = await together.get(url)?.database.query('select position from meta');
  const position = Number(newest?.rows[0].position ?? 0);
  for (;;) {
    const pong = await ping();
    if (!(positionIn(pong?.cursor) < position)) return pong;
  }
}

/** Not a number where there is no cursor, as before hello. */
function positionIn(cursor = ''): number {
  return Number.parseInt(Buffer.from(cursor, 'base64url').toString().split('.').at(-1) ?? '', 10);
}
