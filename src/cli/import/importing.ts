/** Opens a data folder that no server may be using, for rows to be laid down in it. */
import type { Config } from '../../config.ts';
import { Bulk } from '../../db/bulk.ts';
import { Store } from '../../db/open.ts';
import { native, threadSource } from '../inside.ts';
import { soleStore } from '../sole-store.ts';
import { type Outcome, Outcomes } from './outcome.ts';

/**
 * What was committed stays when `work` fails. Throws a `StartError` where a server works.
 *
 * @param report a file for every row that is left out
 */
export async function importing(
  config: Pick<Config, 'data'>,
  report: string | null,
  onProgress: (what: string, share: number) => void,
  work: (bulk: Bulk, outcomes: Outcomes) => Promise<void>,
): Promise<Outcome> {
  const store = new Store(soleStore(config.data));
  try {
    const outcomes = new Outcomes(report);
    const bulk = new Bulk(store, { now: Date.now, connection: native(), indexThread: threadSource('index') });
    try {
      await work(bulk, outcomes);
      onProgress('indexing for the search', 0);
      await bulk.end();
    } finally {
      await bulk.close();
      outcomes.close();
    }
    return outcomes.told();
  } finally {
    await store.close();
  }
}
