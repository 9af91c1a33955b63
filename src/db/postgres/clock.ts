/** The clock of PostgreSQL's states. A batch has the row of meta for itself to its end: what is below its position is there. */
import type { Questions } from '../questions.ts';
import type { Clock } from '../store.ts';

const CLOCK = `
  select position, pg_current_snapshot()::text as state from meta`;

/** Asks for the clock of the state that the reading sees. */
export function clockOf(questions: Questions): () => Promise<Clock> {
  const asked = questions.inWords<object, Clock>(CLOCK);
  return async () => {
    const clock = await asked.get({});
    if (clock === undefined) throw new Error('there is no row of meta');
    return clock;
  };
}
