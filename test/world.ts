/** The rules over a real file, without doors: users are there, changes are handed over, publications are kept. */
import { randomUUIDv7 } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import type { Test } from 'tap';
import type { Change, SendChange, Target } from '../src/chat/change.ts';
import { alone, decider, want } from '../src/chat/decide/judge.ts';
import { Rates } from '../src/chat/decide/rates.ts';
import type { Limits } from '../src/chat/decide/rule.ts';
import type { Publication } from '../src/chat/publication.ts';
import { Store } from '../src/db/open.ts';
import type { UserRow } from '../src/db/rows.ts';
import { users } from '../src/db/schema/people.ts';
import type { SqliteWriter } from '../src/db/sqlite-writer.ts';
import type { Role } from '../src/protocol/person.ts';

const MANY = { rate: 1_000_000, burst: 1_000_000 };
export const LIMITS: Limits = {
  maxLength: 1000,
  editWindowMs: 3 * 60 * 60 * 1000,
  direct: 'everybody',
  sends: MANY,
  visitorSends: MANY,
  maxFiles: 10,
  pendingUploads: 20,
  filesTotal: 1_000_000,
};

export interface World {
  store: Store;
  writer: SqliteWriter<Change, Publication>;
  published: Publication[];
  user(name: string, role?: Role, more?: Partial<UserRow>): UserRow;
  /** Hands over a send of `user`; further fields of the change may be given. */
  send(
    user: UserRow,
    target: Target,
    content: string,
    more?: Partial<SendChange>,
  ): ReturnType<SqliteWriter<Change, Publication>['submit']>;
  folder: string;
}

/** @param options.clock gives ms; the wall clock when absent */
export function openWorld(
  t: Test,
  options: {
    limits?: Partial<Limits>;
    clock?: () => number;
    batchSize?: number;
    maxWaiting?: number;
    /** One that is there already, and stays. */
    folder?: string;
  } = {},
): World {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'parley-world-'));
  const store = new Store({
    folder,
    pid: 1,
    newEpoch: randomUUIDv7,
    now: options.clock ?? Date.now,
    maxWaiting: options.maxWaiting ?? 1_000_000,
    batchSize: options.batchSize ?? 256,
    onError: (error) => t.comment(String(error)),
  });
  const published: Publication[] = [];
  const writer = store.openWriter<Change, Publication>({
    alone,
    want,
    decide: decider({ ...LIMITS, ...options.limits }, new Rates(() => performance.now())),
    publish: (decided) => {
      for (const { publications, settle } of decided) {
        published.push(...publications);
        settle();
      }
    },
  });
  t.teardown(async () => {
    await store.close();
    if (options.folder === undefined) rmSync(folder, { recursive: true, force: true });
  });
  let last = 1_000_000;
  return {
    store,
    writer,
    published,
    folder,
    user: (name, role = 'user', more = {}) => {
      last += 1;
      const row = { ...blankUser(last, name, role), ...more };
      // The rules load users as they go: one that is inserted beside the writer is seen by the next batch.
      const database = new Database(join(folder, 'parley.db'));
      drizzle(database, { casing: 'snake_case' }).insert(users).values(row).run();
      database.close();
      return row;
    },
    send: (user, target, content, more = {}) => writer.submit(sendChange(user, target, content, more)),
  };
}

export function by(user: UserRow) {
  return { user: user.id, session: null, line: null, key: null };
}

export function sendChange(user: UserRow, target: Target, content: string, more: Partial<SendChange> = {}): SendChange {
  return {
    type: 'message.create',
    by: by(user),
    target,
    beginning: { id: null, ip: null, userAgent: null, context: {} },
    id: randomUUIDv7(),
    content,
    system: false,
    quickReplies: null,
    attachments: [],
    link: null,
    ifSeq: null,
    ...more,
  };
}

export function blankUser(id: number, name: string, role: Role): UserRow {
  return {
    id,
    uuid: randomUUIDv7(),
    role,
    anonymous: false,
    name,
    email: role === 'user' ? null : `${name}@example.com`,
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
