/**
 * Ends what was put off when its time comes: one timer, for the next of them, of one of the servers. What is due is asked of the file, so that
 * nothing is forgotten over a restart.
 */
import { asc, eq, isNotNull, lte, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/sqlite-core';
import { lazily } from '../db/lazily.ts';
import type { Questions } from '../db/questions.ts';
import { conversations } from '../db/schema/conversations.ts';
import type { Writer } from '../db/writer.ts';
import type { Change } from './change.ts';
import { type Duties, type Duty, untilAborted } from './duties.ts';
import type { Publication } from './publication.ts';

/** Of those that are due at once. */
const STEP = 100;
/** Longer than this no timer runs, ms: the wall clock may be set anew meanwhile. */
const LONGEST_MS = 60_000;
/** After one could not be ended: the store is in trouble. */
const RETRY_MS = 1_000;

export interface SnoozesParts {
  db: Questions;
  writer: Pick<Writer<Change, Publication>, 'submit'>;
  duties: Duties;
  /** Wall clock, ms. */
  now: () => number;
  onError: (error: unknown) => void;
}

export function prepareSnoozes(db: Questions) {
  const side = alias(conversations, 'side');
  const main = alias(conversations, 'main');
  const due = () =>
    db
      .select({ conversation: main.uuid, until: side.snoozedUntil })
      .from(side)
      .innerJoin(main, eq(main.id, side.parent))
      .orderBy(asc(side.snoozedUntil))
      .limit(sql.placeholder('limit'));
  return lazily({
    due: () =>
      due()
        .where(lte(side.snoozedUntil, sql.placeholder('now')))
        .prepare(),
    next: () => due().where(isNotNull(side.snoozedUntil)).prepare(),
  });
}

export type Snoozes = ReturnType<typeof createSnoozes>;

export function createSnoozes({ db, writer, duties, now, onError }: SnoozesParts) {
  const statement = prepareSnoozes(db);
  let timer: NodeJS.Timeout | null = null;
  let armedFor = Number.POSITIVE_INFINITY;
  let duty: Duty | null = null;
  /** Whether they are ended here. */
  let mine = false;
  let looked: Promise<void> = Promise.resolve();

  function arm(at: number): void {
    if (!mine || at >= armedFor) return;
    if (timer !== null) clearTimeout(timer);
    armedFor = at;
    timer = setTimeout(look, Math.min(Math.max(at - now(), 0), LONGEST_MS)).unref();
  }

  /** One look after another: what came due during one is for the next. */
  function look(): Promise<void> {
    looked = looked.then(lookOnce);
    return looked;
  }

  async function lookOnce(): Promise<void> {
    if (!mine) return;
    armedFor = Number.POSITIVE_INFINITY;
    try {
      const due = await statement.due.all({ now: now(), limit: STEP });
      await Promise.all(
        due.flatMap(({ conversation, until }) =>
          until === null ? [] : [writer.submit({ type: 'snooze.end', conversation, until })],
        ),
      );
      const next = mine ? (await statement.next.get({ limit: 1 }))?.until : undefined;
      if (next != null) arm(next);
    } catch (error) {
      if (!mine) return;
      onError(error);
      arm(now() + RETRY_MS);
    }
  }

  async function endWhile(held: AbortSignal): Promise<void> {
    mine = true;
    void look();
    await untilAborted(held);
    mine = false;
    if (timer !== null) clearTimeout(timer);
    await looked;
  }

  return {
    /** Ends what came due while nobody was there, and waits for the next. */
    begin(): void {
      duty = duties.hold('snoozes', endWhile);
    },

    /** Something may have been put off of which this server was not told. */
    missed(): void {
      void look();
    },

    /** Somebody put something off until then, ms. */
    noted: arm,

    async stop(): Promise<void> {
      await duty?.end();
    },
  };
}
