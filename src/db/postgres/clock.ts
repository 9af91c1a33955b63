/**
 * The clock of PostgreSQL's states. A change's position is a base, which meta keeps, and the number of its transaction.
 * Transactions end in another order than that of their numbers; but all below the oldest that is still open in a state
 * have happened in it, or never will.
 */
import type { Questions } from '../questions.ts';
import type { Clock } from '../store.ts';

const CLOCK = `
  select position + pg_snapshot_xmin(pg_current_snapshot())::text::bigint - 1 as position,
    pg_current_snapshot()::text as state
  from meta`;

/** Asks for the clock of the state that the reading sees. */
export function clockOf(questions: Questions): () => Promise<Clock> {
  const asked = questions.inWords<object, Clock>(CLOCK);
  return async () => {
    const clock = await asked.get({});
    if (clock === undefined) throw new Error('there is no row of meta');
    return clock;
  };
}
