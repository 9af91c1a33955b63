/** Work in steps: its row says how far it is, and goes with its last step. */
import type { JobRow } from '../../db/rows.ts';
import type { JobPublication } from '../publication.ts';
import { madeId } from './made-id.ts';
import type { Case } from './rule.ts';

/** Begins a job; the publication wakes who does it. */
export function addJob(given: Case, kind: string, state: JobRow['state']): { job: JobRow; begun: JobPublication } {
  const { set, at } = given;
  const id = set.nextId();
  const job: JobRow = { id, uuid: madeId(given, id), kind, state, createdAt: at };
  set.rows.jobs.set(id, job);
  set.marked.jobs.insert(job);
  return { job, begun: { type: 'job' } };
}

/** Notes how far a job is after this step; null: it is done, which is told to who waits for it. */
export function moveJob({ set, told }: Case, id: number, state: JobRow['state'] | null): void {
  const job = set.rows.jobs.get(id);
  if (!job) return;
  if (state === null) {
    set.marked.jobs.remove(job);
    told.push({ type: 'job' });
  } else {
    job.state = state;
    set.marked.jobs.save(job);
  }
}
