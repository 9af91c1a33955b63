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
import type { UserRow } from '../../src/db/rows.ts';
import type { SqliteWriter } from '../../src/db/sqlite-writer.ts';
import { Refusal } from '../../src/protocol/refusal.ts';

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

/** The rules, with a `publish` that keeps what it is told in `published`. */
function registerJudge(published: string[], publish?: Publish): Judge<Naming, string> {
  return {
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

/** Opens the folder as a register; whoever opens it closes it. */
export function openRegister(folder: string, options: Partial<StoreOptions> & { publish?: Publish } = {}): Register {
  const { publish, ...rest } = options;
  const faults: unknown[] = [];
  const batches: number[] = [];
  const published: string[] = [];
  const store = new Store({
    folder,
    pid: process.pid,
    newEpoch: randomUUIDv7,
    now: Date.now,
    maxWaiting: 10_000,
    batchSize: 256,
    onError: (error) => faults.push(error),
    onBatch: (changes) => batches.push(changes),
    ...rest,
  });
  const writer = store.openWriter<Naming, string>(registerJudge(published, publish));
  return {
    store,
    writer,
    published,
    faults,
    batches,
    enter: (name, more = {}) => writer.submit<Entered>({ name, ...more }),
    names: () => store.reader.$client.prepare('select name from users order by id').pluck().all() as string[],
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
