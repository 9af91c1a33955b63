/** Batches over the writing connection to a file, within a transaction that somebody else ends. */
import { BatchJudge, type Decided, type Judged, type Surroundings, type Waiting } from './batch-judge.ts';
import type { Judge } from './judge.ts';
import { storageTrouble } from './storage-trouble.ts';
import type { WritingConnection } from './writing-connection.ts';

export class FileBatches<C, P> extends BatchJudge<C, P> {
  private readonly file: WritingConnection;

  constructor(file: WritingConnection, judge: Judge<C, P>, surroundings: Surroundings) {
    super(judge, surroundings);
    this.file = file;
  }

  /**
   * Within a transaction: loads, judges and writes what of `batch` can go together, from the first on. What is judged alone
   * comes alone.
   */
  together(batch: Waiting<C>[]): Judged<P> {
    const { loader } = this.file;
    const [first] = batch;
    const alone = batch.length === 1 && first !== undefined && this.isAlone(first.change);
    if (alone) this.file.forget();
    const set = this.file.workingSet();
    const count = this.load(batch, loader, set);
    const decided = this.decide(batch.slice(0, count), set);
    const tookAway = this.file.writeRows(set);
    if (alone) this.file.forget();
    return { decided, position: set.meta.position, tookAway: tookAway || alone };
  }

  /** Within a transaction: one change under a savepoint, so that it fails alone. */
  alone(waiting: Waiting<C>): Decided<P> {
    const { database } = this.file;
    database.exec('SAVEPOINT alone');
    try {
      const [decided] = this.together([waiting]).decided;
      if (decided === undefined) throw new Error('a change alone was put off');
      this.file.kept?.endBatch();
      database.exec('RELEASE alone');
      return decided;
    } catch (error) {
      this.file.forget();
      if (storageTrouble(error) !== null || !database.inTransaction) throw error;
      database.exec('ROLLBACK TO alone');
      database.exec('RELEASE alone');
      this.onError(error);
      return this.failed(waiting);
    }
  }
}
