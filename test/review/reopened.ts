/** The same folder after a restart: what was kept in memory of its rows is gone. */
import { randomUUIDv7 } from 'node:crypto';
import type { Test } from 'tap';
import type { Change, SendChange, Target } from '../../src/chat/change.ts';
import { decider, want } from '../../src/chat/decide/judge.ts';
import { Rates } from '../../src/chat/decide/rates.ts';
import type { Publication, ThreadPublication } from '../../src/chat/publication.ts';
import { Store } from '../../src/db/open.ts';
import type { UserRow } from '../../src/db/rows.ts';
import type { Writer } from '../../src/db/writer.ts';
import { Refusal } from '../../src/protocol/refusal.ts';
import { LIMITS, sendChange, type World } from '../world.ts';

export interface Reopened {
  store: Store;
  writer: Writer<Change, Publication>;
  published: Publication[];
  /** What went wrong inside, as the log would have it. */
  faults: unknown[];
  /** How many changes each transaction held. */
  batches: number[];
  send(
    user: UserRow,
    target: Target,
    content: string,
    more?: Partial<SendChange>,
  ): ReturnType<Writer<Change, Publication>['submit']>;
}

export async function reopened(t: Test, world: Pick<World, 'store' | 'folder'>): Promise<Reopened> {
  await world.store.close();
  const faults: unknown[] = [];
  const batches: number[] = [];
  const store = new Store({
    folder: world.folder,
    pid: process.pid,
    newEpoch: randomUUIDv7,
    now: Date.now,
    maxWaiting: 10_000,
    batchSize: 256,
    onError: (error) => faults.push(error),
    onBatch: (changes) => batches.push(changes),
  });
  t.teardown(() => store.close());
  const published: Publication[] = [];
  const writer = store.openWriter<Change, Publication>({
    want,
    decide: decider(LIMITS, new Rates(() => performance.now())),
    publish: (decided) => {
      for (const { publications, settle } of decided) {
        published.push(...publications);
        settle();
      }
    },
  });
  const send: Reopened['send'] = (user, target, content, more = {}) =>
    writer.submit(sendChange(user, target, content, more));
  return { store, writer, published, faults, batches, send };
}

/** The code that a change was refused with; null when it was taken. */
export async function codeOf(answer: PromiseLike<unknown>): Promise<string | null> {
  try {
    await answer;
    return null;
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
}

/** The newest of what was told of conversations. */
export function lastTold({ published }: { published: Publication[] }): ThreadPublication {
  const told = published.findLast((one): one is ThreadPublication => one.type === 'thread');
  if (told === undefined) throw new Error('nothing was told of a conversation');
  return told;
}
