/** Batches over PostgreSQL, each within its turn to write. */
import { BatchJudge, type Decided, type Judged, type Waiting } from '../batch-judge.ts';
import { Loader } from '../loader.ts';
import type { MetaRow } from '../rows.ts';
import { WorkingSet } from '../working-set.ts';
import { Rounds } from './rounds.ts';
import { writesFor } from './row-writer.ts';
import { isPassing, postgresTrouble } from './trouble.ts';
import type { Turn } from './turn.ts';
import type { Write } from './write.ts';

/** As many as nothing needs: a rule that asks anew in every pass would have no end. */
const MOST_PASSES = 100;

interface Loaded {
  set: WorkingSet;
  /** How many of the changes can go together. */
  count: number;
}

/** A batch that was judged, and what of it is still to be written. */
export interface Ready<P> {
  judged: Judged<P>;
  writes: Write[];
  meta: MetaRow;
}

export class PostgresBatches<C, P> extends BatchJudge<C, P> {
  private readonly rounds = new Rounds();
  private readonly loader = new Loader(this.rounds.statements);

  /** Loads and judges what of `batch` can go together, from the first on. */
  async together(batch: readonly Waiting<C>[], turn: Turn): Promise<Ready<P>> {
    const { set, count } = await this.loaded(batch, turn, turn.meta);
    const decided = this.decide(batch.slice(0, count), set);
    return { judged: judgedAt(decided, set.meta), writes: writesFor(set), meta: set.meta };
  }

  /** Loads, judges and writes each change under a savepoint, so that the bad ones fail alone. */
  async oneByOne(batch: readonly Waiting<C>[], turn: Turn): Promise<Ready<P>> {
    let { meta } = turn;
    const decided: Decided<P>[] = [];
    for (const waiting of batch) {
      await turn.run('savepoint alone');
      try {
        const { set } = await this.loaded([waiting], turn, meta);
        const [one] = this.decide([waiting], set);
        await turn.write(writesFor(set, true));
        await turn.run('release alone');
        decided.push(one ?? this.failed(waiting));
        meta = set.meta;
      } catch (error) {
        if (isPassing(error) || postgresTrouble(error) !== null) throw error;
        await turn.run('rollback to alone; release alone');
        this.onError(error);
        decided.push(this.failed(waiting));
      }
    }
    return { judged: judgedAt(decided, meta), writes: [], meta };
  }

  private async loaded(batch: readonly Waiting<C>[], turn: Turn, meta: MetaRow): Promise<Loaded> {
    this.rounds.begin();
    for (let pass = 0; pass < MOST_PASSES; pass += 1) {
      const set = new WorkingSet({ ...meta });
      const count = this.load(batch, this.loader, set);
      if (!this.rounds.missing) return { set, count };
      await this.rounds.ask(turn);
    }
    throw new Error('a rule never has all that it asks for');
  }
}

/** What PostgreSQL erases is gone with its next vacuum: there is no log to be emptied. */
function judgedAt<P>(decided: Decided<P>[], { position }: MetaRow): Judged<P> {
  return { decided, position, tookAway: false };
}
