/** Whatever is done, in whatever batches, comes to the same answers and the same rows in both stores. */

import { join } from 'node:path';
import Database from 'better-sqlite3';
import t from 'tap';
import { HOST } from '../../../src/chat/caller.ts';
import type { Change } from '../../../src/chat/change.ts';
import { Store } from '../../../src/db/open.ts';
import { postgresSource } from '../../../src/db/transfer/postgres-side.ts';
import type { Source } from '../../../src/db/transfer/side.ts';
import { sqliteSource } from '../../../src/db/transfer/sqlite-side.ts';
import { metaTable, tables, unindexed } from '../../../src/db/transfer/table.ts';
import fc from '../../property.ts';
import { by, sendChange } from '../../world.ts';
import { migrated, tempFolder } from '../register.ts';
import { moveIn, moveInto, people, serve, theRules } from './house.ts';
import { noPostgres, startPostgres } from './server.ts';

const postgres = noPostgres ? null : await startPostgres(t);
const template = postgres === null ? undefined : await migrated(await postgres.database());

const EPOCH = '01890000-0000-7000-8000-000000000001';
const NOON = 1_790_000_000_000;
const RUNS = 5;

/** The ids of what is said and begun: as many as may be met again. */
const idOf = (kind: number, number: number) => `0189000${kind}-0000-7000-8000-${String(number).padStart(12, '0')}`;

const cast = people('user', 'user', 'agent', 'peer', 'bot', 'admin');
const who = fc.nat(cast.length - 1);
const message = fc.nat(40);
const conversation = fc.nat(5);
const one = <T>(value: T) => fc.constant(value);

type Step = Record<string, unknown> & { do: string };
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: one('send'), who, conversation, message, ifSeq: fc.option(fc.nat(9), { freq: 8 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: one('support'), who, conversation, message, queue: fc.constantFrom('agent', 'peer') }),
  },
  { weight: 2, arbitrary: fc.record({ do: one('direct'), who, to: who, conversation, message }) },
  { weight: 3, arbitrary: fc.record({ do: one('read'), who, conversation, seq: fc.integer({ min: 1, max: 20 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('edit', 'delete'), who, conversation, message }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('claim', 'handover'), who, conversation }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: one('patch'),
      who,
      conversation,
      what: fc.constantFrom<object>(
        { status: 'closed' },
        { status: 'open' },
        { tags: ['a', 'b'] },
        { tags: ['b'] },
        { subject: 'Ä "q" \\ \n{,}' },
        { snoozedUntil: NOON + 3_600_000 },
        { assignee: null },
        { assignee: { uuid: cast[3]?.uuid } },
      ),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: one('room'), who, conversation, guest: who }) },
  { weight: 1, arbitrary: fc.record({ do: one('gone'), conversation }) },
);

const BEGINS = ['support', 'direct', 'room'];

/** @param begun places of the steps before it that may have begun a conversation */
function changeOf(given: Step, place: number, begun: readonly number[]): Change {
  const of = (name: string) => given[name] as number;
  const person = (name: string) => cast[of(name)] as (typeof cast)[number];
  // An id that is chosen twice is no refusal but a fault: whoever chooses it is the server itself.
  const about = idOf(1, BEGINS.includes(given.do) ? place : (begun[of('conversation') % begun.length] ?? 0));
  const user = { by: by(person('who') ?? cast[0]) };
  const beginning = { id: about, ip: null, userAgent: null, context: { page: 'é' } };
  const said = (target: Parameters<typeof sendChange>[1]) =>
    sendChange(person('who'), target, `text ${given.message} 'ü' "{}" \\`, {
      id: idOf(2, of('message')),
      beginning: 'conversation' in target ? null : (beginning as never),
      ifSeq: (given.ifSeq as number | null | undefined) ?? null,
    });
  const sides: Record<string, () => unknown> = {
    send: () => said({ conversation: about }),
    support: () => said({ support: given.queue as 'agent' }),
    direct: () => said({ user: { uuid: person('to').uuid } }),
    read: () => ({ type: 'mark.read', ...user, conversation: about, seq: given.seq }),
    edit: () => ({ type: 'message.edit', ...user, conversation: about, id: idOf(2, of('message')), content: 'edited' }),
    delete: () => ({ type: 'message.delete', ...user, conversation: about, id: idOf(2, of('message')) }),
    claim: () => ({ type: 'conversation.claim', ...user, conversation: about }),
    handover: () => ({ type: 'conversation.handover', ...user, conversation: about }),
    patch: () => ({ type: 'conversation.patch', ...user, conversation: about, ifSeq: null, ...(given.what as object) }),
    room: () => ({
      type: 'conversation.create',
      ...user,
      beginning,
      kind: 'room',
      subject: null,
      externalId: about,
      maxLength: null,
      guests: [{ user: { uuid: person('guest').uuid }, name: null, moderator: true }],
    }),
    gone: () => ({ type: 'conversation.delete', by: HOST, conversation: about }),
  };
  return (sides[given.do] as () => Change)();
}

type Submit = (change: Change) => PromiseLike<unknown>;

/** What became of each, in batches of so many. */
async function outcomes(submit: Submit, changes: readonly Change[], size: number): Promise<string[]> {
  const told: string[] = [];
  for (let from = 0; from < changes.length; from += size) {
    const settled = await Promise.allSettled(changes.slice(from, from + size).map((change) => submit(change)));
    told.push(...settled.map((one) => (one.status === 'fulfilled' ? JSON.stringify(one.value) : one.reason.code)));
  }
  return told;
}

async function everything(source: Source) {
  const rows: Record<string, unknown> = {};
  for (const table of tables) rows[table.name] = await source.rows(table, null, 100_000);
  // A file's clock is kept a little ahead of what was used (meta-keeper.ts).
  const meta = unindexed(await source.meta()).filter((_, index) => metaTable.columns[index]?.name !== 'position');
  await source.close();
  return { ...rows, meta };
}

t.test('the same changes come to the same rows', { skip: noPostgres }, async (t) => {
  const told = new Map<string, number>();
  const property = fc.asyncProperty(
    fc.array(step, { minLength: 30, maxLength: 60 }),
    fc.integer({ min: 1, max: 40 }),
    async (steps, size) => {
      const url = (await postgres?.database(template)) ?? '';
      const folder = tempFolder(t);
      const options = { newEpoch: () => EPOCH, now: () => NOON, maxWaiting: 1_000, batchSize: 256 };
      const faults: unknown[] = [];
      const store = new Store({ folder, pid: 1, ...options, onError: (error) => faults.push(error) });
      const file = new Database(join(folder, 'parley.db'));
      moveInto(file, cast);
      file.close();
      await moveIn(url, cast);
      const sqlite = store.openWriter(theRules());
      const other = await serve(t, url, { ...options, onError: (error) => faults.push(error) });
      const places = steps.flatMap(({ do: what }, place) => (BEGINS.includes(what) ? [place] : []));
      const changes = steps.map((one, place) =>
        changeOf(
          one,
          place,
          places.filter((begun) => begun < place),
        ),
      );
      const ofSqlite = await outcomes((change) => sqlite.submit(change), changes, size);
      const ofPostgres = await outcomes((change) => other.writer.submit(change), changes, size);
      await store.close();
      await other.close();
      for (const one of ofSqlite)
        told.set(one[0] === '{' ? 'taken' : one, (told.get(one[0] === '{' ? 'taken' : one) ?? 0) + 1);
      t.same(faults, []);
      t.same(ofPostgres, ofSqlite, 'the answers');
      const [mine, theirs] = [
        await everything(await postgresSource(url)),
        await everything(sqliteSource({ folder, pid: 1, ...options })),
      ];
      t.same(mine, theirs, 'the rows');
    },
  );
  await fc.assert(property, { numRuns: RUNS });
  t.comment(JSON.stringify([...told]));
});
