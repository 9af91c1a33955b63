/**
 * The smallest rules that there are, for tests of the store alone: a register of names. Handing a name over adds a
 * user row, is answered with its position, and publishes the name.
 */
import { randomUUIDv7 } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import type { Judge } from '../../src/db/judge.ts';
import { Store, type StoreOptions } from '../../src/db/open.ts';
import { connect } from '../../src/db/postgres/connect.ts';
import { migrate } from '../../src/db/postgres/migrate.ts';
import { openPostgres } from '../../src/db/postgres/open.ts';
import type { UserRow } from '../../src/db/rows.ts';
import type { SqliteWriter } from '../../src/db/sqlite-writer.ts';
import type { Writer, WriterOptions } from '../../src/db/writer.ts';
import { Refusal } from '../../src/protocol/refusal.ts';
import { noPostgres, queried, startPostgres } from './postgres/server.ts';

interface Naming {
  name: string;
  uuid?: string;
  /** Something that no table takes: the statement throws. */
  role?: string;
  /** Refused by the rules; `fault`: the rules themselves are broken. */
  judged?: 'refused' | 'fault';
  /** Judged in a transaction of its own, as what takes much away. */
  alone?: boolean;
}

export interface Entered {
  name: string;
  position: number;
}

export type Publish = Judge<Naming, string>['publish'];
type Lost = (position: number) => void;

/** The rules, with a `publish` that keeps what it is told in `published`. */
function registerJudge(published: string[], publish?: Publish, lost?: Lost): Judge<Naming, string> {
  return {
    ...(lost === undefined ? {} : { lost }),
    alone: ({ alone }) => alone === true,
    want() {},
    decide(set, { name, uuid = randomUUIDv7(), role = 'user', judged }, position) {
      if (judged === 'refused') return { answer: { refused: new Refusal('FORBIDDEN') }, publications: [] };
      set.marked.users.insert(blankUser(set.nextId(), uuid, name, role));
      if (judged === 'fault') throw new TypeError('the rules have a fault');
      return { answer: { value: { name, position } satisfies Entered }, publications: [name] };
    },
    publish:
      publish ??
      ((decided) => {
        for (const { publications, settle } of decided) {
          published.push(...publications);
          settle();
        }
      }),
  };
}

export interface Register {
  store: Store;
  writer: SqliteWriter<Naming, string>;
  published: string[];
  /** What went wrong inside, as the log would have it. */
  faults: unknown[];
  /** How many changes each transaction held. */
  batches: number[];
  enter(name: string, more?: Partial<Naming>): PromiseLike<Entered>;
  /** The names in the file, in the order of their keys. */
  names(): string[];
}

/** The rules, with what they are told of what happens, and what is kept of that. */
function kept(publish?: Publish, lost?: Lost) {
  const told = { published: [] as string[], faults: [] as unknown[], batches: [] as number[] };
  const options = {
    newEpoch: randomUUIDv7,
    now: Date.now,
    maxWaiting: 10_000,
    batchSize: 256,
    onError: (error: unknown) => told.faults.push(error),
    onBatch: (changes: number) => told.batches.push(changes),
  };
  return { told, options, judge: registerJudge(told.published, publish, lost) };
}

/** Opens the folder as a register; whoever opens it closes it. */
export function openRegister(folder: string, options: Partial<StoreOptions> & { publish?: Publish } = {}): Register {
  const { publish, ...rest } = options;
  const { told, options: own, judge } = kept(publish);
  const store = new Store({ folder, pid: process.pid, ...own, ...rest });
  const writer = store.openWriter<Naming, string>(judge);
  return {
    store,
    writer,
    ...told,
    enter: (name, more = {}) => writer.submit<Entered>({ name, ...more }),
    names: () => store.reader.$client.prepare('select name from users order by id').pluck().all() as string[],
  };
}

/** A register over either store, and what both can be asked. */
export interface AnyRegister extends Pick<Register, 'published' | 'faults' | 'batches' | 'enter'> {
  writer: Writer<Naming, string>;
  /** The names that are kept, in the order of their keys, and the keys. */
  names(): Promise<string[]>;
  keys(): Promise<number[]>;
  close(): Promise<void>;
}

export type RegisterOptions = Partial<WriterOptions & { now: () => number }> & { publish?: Publish; lost?: Lost };

/** Where a register is kept. Whoever opens it closes it; the test's end does so too. */
export interface Place {
  kind: 'SQLite' | 'PostgreSQL';
  open(options?: RegisterOptions): Promise<AnyRegister>;
}

export function sqlitePlace(t: Test): Place {
  const folder = tempFolder(t);
  return {
    kind: 'SQLite',
    open: async (options) => {
      const { store, names, ...register } = openRegister(folder, options);
      return closedWith(t, {
        ...register,
        names: async () => names(),
        keys: async () => store.reader.$client.prepare('select id from users order by id').pluck().all() as number[],
        close: () => store.close(),
      });
    },
  };
}

/** @param url of a database that is migrated */
export function postgresPlace(t: Test, url: string): Place {
  return {
    kind: 'PostgreSQL',
    open: async ({ publish, lost, ...rest } = {}) => {
      const { told, options, judge } = kept(publish, lost);
      const store = await openPostgres({ ...options, url, ...rest });
      const writer = store.openWriter<Naming, string>(judge);
      const column = (text: string) =>
        queried(url, async (client) => (await client.query({ text, rowMode: 'array' })).rows.flat());
      return closedWith(t, {
        writer,
        ...told,
        enter: (name, more = {}) => writer.submit<Entered>({ name, ...more }),
        names: () => column('select name from users order by id'),
        keys: async () => (await column('select id from users order by id')).map(Number),
        close: () => store.close(),
      });
    },
  };
}

/** Brings an empty database to the newest schema; gives its address again. */
export async function migrated(url: string): Promise<string> {
  const client = await connect(url);
  await migrate(client);
  await client.end();
  return url;
}

function closedWith(t: Test, register: AnyRegister): AnyRegister {
  let closed: Promise<void> | null = null;
  const close = () => (closed ??= register.close());
  t.teardown(close);
  return { ...register, close };
}

/** Gives what makes one test of both stores of one text. */
export async function bothStores(
  t: Test,
): Promise<(name: string, test: (t: Test, place: Place) => Promise<void>) => void> {
  const postgres = noPostgres ? null : await startPostgres(t);
  const template = postgres === null ? undefined : await migrated(await postgres.database());
  return (name, test) => {
    void t.test(`${name}: SQLite`, (t) => test(t, sqlitePlace(t)));
    void t.test(`${name}: PostgreSQL`, { skip: noPostgres }, async (t) => {
      if (postgres !== null) await test(t, postgresPlace(t, await postgres.database(template)));
    });
  };
}

/** What a change was refused with; null when it was taken. */
export async function refusalOf(pending: PromiseLike<unknown> | undefined): Promise<unknown> {
  return pending?.then(
    () => null,
    (error) => error,
  );
}

/** A folder that is there until the test ends. */
export function tempFolder(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'parley-db-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A register that is closed when the test ends, in a folder of its own if none is given. */
export function register(
  t: Test,
  { folder = tempFolder(t), ...options }: Parameters<typeof openRegister>[1] = {},
): Register {
  const opened = openRegister(folder, options);
  t.teardown(() => opened.store.close());
  return opened;
}

/** What the file says of itself, by SQLite's own whole check and by its foreign keys. */
export function integrity({ store }: Pick<Register, 'store'>): unknown {
  const client = store.reader.$client;
  return [client.pragma('integrity_check', { simple: true }), client.pragma('foreign_key_check')];
}

function blankUser(id: number, uuid: string, name: string, role: string): UserRow {
  return {
    id,
    uuid,
    role: role as UserRow['role'],
    anonymous: true,
    name,
    email: null,
    title: null,
    avatar: null,
    password: null,
    fields: {},
    createdAt: 0,
    lastSeenAt: null,
    blockedAt: null,
    disabledAt: null,
    erasedAt: null,
    mergedInto: null,
    notifications: {},
  };
}
