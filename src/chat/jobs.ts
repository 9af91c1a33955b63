/**
 * Work that goes in steps: an erasure, a deletion, a long merge. How far each job is stands in the file, moved by the
 * same change that does the step, so that after a restart it goes on where it was. One step at a time, the jobs in
 * turn, and between two steps as much time for everybody else as the last one took. Of several servers one does them.
 */
import { asc, eq, sql } from 'drizzle-orm';
import { lazily } from '../db/lazily.ts';
import type { Questions } from '../db/questions.ts';
import type { JobRow } from '../db/rows.ts';
import { jobs } from '../db/schema/jobs.ts';
import type { Writer } from '../db/writer.ts';
import { normaliseId } from '../protocol/id.ts';
import type { Job } from '../protocol/job.ts';
import { Refusal } from '../protocol/refusal.ts';
import { type Caller, hasScope } from './caller.ts';
import type { Change } from './change.ts';
import { type Duties, type Duty, untilAborted } from './duties.ts';
import type { Publication } from './publication.ts';
import { jobView } from './views.ts';

/** What a job's next step is; null: it waits for what another job has to do first. */
export type NextStep = (job: JobRow) => Promise<Change | null>;

export interface JobsParts {
  db: Questions;
  writer: Writer<Change, Publication>;
  duties: Duties;
  /** By the job's kind. */
  kinds: ReadonlyMap<string, NextStep>;
  onError: (error: unknown) => void;
}

const MOST_AT_ONCE = 100;
/** How long to wait when a whole round did nothing: the store is in trouble, or a fault keeps a job from going on. */
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 60_000;

export type Jobs = ReturnType<typeof createJobs>;

export function createJobs({ db, writer, duties, kinds, onError }: JobsParts) {
  const statement = lazily({
    oldest: () => db.select().from(jobs).orderBy(asc(jobs.id)).limit(MOST_AT_ONCE).prepare(),
    byUuid: () =>
      db
        .select()
        .from(jobs)
        .where(eq(jobs.uuid, sql.placeholder('uuid')))
        .prepare(),
    one: () =>
      db
        .select({ id: jobs.id })
        .from(jobs)
        .where(eq(jobs.id, sql.placeholder('id')))
        .prepare(),
  });
  const waiting = new Map<number, (() => void)[]>();
  let round: Promise<void> | null = null;
  let woken = false;
  let stopped = false;
  let duty: Duty | null = null;
  /** Whether they are done here. */
  let mine = false;
  let pauseMs = FIRST_PAUSE_MS;
  let timer: NodeJS.Timeout | null = null;
  let endPause = () => {};

  const isThere = async (id: number) => (await statement.one.get({ id })) !== undefined;

  function pause(ms: number): Promise<void> {
    if (!mine) return Promise.resolve();
    return new Promise((resolve) => {
      endPause = resolve;
      timer = setTimeout(resolve, ms);
      timer.unref();
    });
  }

  /** Gives whether the job went on. */
  async function step(job: JobRow): Promise<boolean> {
    try {
      const change = (await kinds.get(job.kind)?.(job)) ?? null;
      if (change === null) return false;
      const began = performance.now();
      await writer.submit(change);
      await tellDone();
      await pause(performance.now() - began);
      return true;
    } catch (error) {
      onError(error);
      return false;
    }
  }

  function tell(id: number): void {
    const told = waiting.get(id) ?? [];
    waiting.delete(id);
    for (const done of told) done();
  }

  async function tellDone(): Promise<void> {
    await Promise.all([...waiting.keys()].map(async (id) => (await isThere(id)) || tell(id)));
  }

  /** Does what there is to do. */
  async function work(): Promise<void> {
    while (mine) {
      woken = false;
      let moved = false;
      const there = await statement.oldest.all();
      for (const job of there) {
        if (!mine) return;
        moved = (await step(job)) || moved;
      }
      if (there.length === 0 && !woken) return;
      pauseMs = moved ? FIRST_PAUSE_MS : Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
      if (!moved && !woken) await pause(pauseMs);
    }
  }

  function wake(): void {
    woken = true;
    if (!mine) void tellDone().catch(onError);
    if (!mine || round !== null) return;
    round = work()
      .catch((error) => {
        onError(error);
        if (mine) setTimeout(wake, FIRST_PAUSE_MS).unref();
      })
      .finally(() => {
        round = null;
      });
  }

  async function workWhile(held: AbortSignal): Promise<void> {
    mine = true;
    wake();
    await untilAborted(held);
    mine = false;
    if (timer !== null) clearTimeout(timer);
    endPause();
    await round;
  }

  return {
    statement,

    /** For admins, and keys that decide about users: a job that is not done. */
    async get(caller: Caller, jobId: string): Promise<Job> {
      const mayKnow = caller.kind === 'key' ? hasScope(caller, 'users') : caller.role === 'admin';
      if (!mayKnow) throw new Refusal('FORBIDDEN');
      const row = await statement.byUuid.get({ uuid: normaliseId(jobId) });
      if (row === undefined) throw new Refusal('NOT_FOUND');
      return jobView(row);
    },

    /** At the start: goes on with what an earlier life of the process has left. */
    begin(): void {
      duty = duties.hold('jobs', workWhile);
    },

    /** There is something to do, or something was done. */
    wake,

    /** Resolves when that job has done its last step, or at the end of the process. */
    async whenDone(id: number): Promise<void> {
      if (stopped) return;
      // It waits before it asks: the last step may be done meanwhile.
      const done = new Promise<void>((resolve) => waiting.set(id, [...(waiting.get(id) ?? []), resolve]));
      if (!(await isThere(id))) tell(id);
      await done;
    },

    /** The step that is under way is the last one; the others are for the next start. */
    async stop(): Promise<void> {
      stopped = true;
      await duty?.end();
      for (const id of waiting.keys()) tell(id);
    },
  };
}
