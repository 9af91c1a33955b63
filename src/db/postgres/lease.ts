/**
 * Which servers a database has. Each has a row in `servers` for as long as it goes on renewing it, by PostgreSQL's clock:
 * whoever was killed is gone with it.
 */
import { there } from '../../protocol/there.ts';
import type { Listening } from './listening.ts';

/** On which servers are told the name of one that came or went. */
export const SERVERS_CHANNEL = 'parley_servers';
const LEASE = `interval '10 s'`;
/** A third of the lease: two that come to nothing do no harm. */
export const RENEW_MS = 3_000;

const REGISTER = `
  with began as (select epoch, position from meta for update),
    before as (delete from servers where name = $2),
    come as (insert into servers (name, until) values ($1, now() + ${LEASE}))
  select epoch, position, pg_notify('${SERVERS_CHANNEL}', $1) from began`;
const LEAVE = `with mine as (delete from servers where name = $1) select pg_notify('${SERVERS_CHANNEL}', $1)`;
const RENEW = `
  with mine as (update servers set until = now() + ${LEASE} where name = $1 and until > now() returning name),
    gone as (delete from servers where until < now() - interval '1 minute')
  select (select count(*) from mine)::int as held, array(select name from servers where name <> $1 and until > now()) as others`;

/** Where the database stood when a server came. */
export interface Began {
  epoch: string;
  position: number;
}

/**
 * From the position on that it gives, every batch knows of the server. The row of `meta` is locked while it comes, as by
 * whoever writes a batch.
 *
 * @param before the name that it had, if any
 */
export async function register(line: Listening, name: string, before: string | null): Promise<Began> {
  const [began] = await line.query<Began>(REGISTER, [name, before]);
  return there(began, 'meta has one row');
}

/** Gives the others that are there, and whether the own lease still held. */
export async function renew(line: Listening, name: string): Promise<{ held: boolean; others: string[] }> {
  const [answer] = await line.query<{ held: number; others: string[] }>(RENEW, [name]);
  return { held: answer?.held === 1, others: answer?.others ?? [] };
}

export async function leave(line: Listening, name: string): Promise<void> {
  await line.query(LEAVE, [name]);
}
