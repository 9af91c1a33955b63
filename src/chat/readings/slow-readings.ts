/**
 * The readings that may take long, for the reader threads. Each is prepared there, over a connection of its own; what it
 * takes and gives is plain data. One that grows with the store is read in pages, each a reading of its own.
 */
import type { Questions } from '../../db/questions.ts';
import { searchOver } from '../../db/search-over.ts';
import { MAX_PAGE } from '../../protocol/limits.ts';
import type { Message } from '../../protocol/message.ts';
import type { Caller } from '../caller.ts';
import { createConversationStats } from './conversation-stats.ts';
import { createDirectReads } from './direct-reads.ts';
import { createExport } from './export.ts';
import { createHistory } from './history.ts';
import { createMessageViews } from './message-views.ts';
import { createReport } from './report.ts';
import { prepareRows } from './rows.ts';
import { createSearch } from './search.ts';
import { createSearchScope } from './search-scope.ts';
import { createTags } from './tags.ts';
import { createThreads } from './threads.ts';

export type SlowReadings = ReturnType<typeof prepareSlowReadings>['readings'];

export function prepareSlowReadings(db: Questions) {
  const rows = prepareRows(db);
  const threads = createThreads(rows);
  const conversationStats = createConversationStats(db, { rows, threads });
  // A text that is still being written runs on the main thread: here it is as far as it was kept.
  const messages = createMessageViews(rows, () => undefined);
  const history = createHistory(db, { rows, threads, messages, reads: createDirectReads(db, rows), epoch: '' });
  const scope = createSearchScope(db);
  const search = createSearch(db, { rows, threads, messages, scope, inIndex: searchOver(db) });
  const report = createReport(db, rows);
  const tags = createTags(db);
  const taken = createExport(db, { rows, threads, messages });

  /** A page of a conversation's messages, never of a side conversation's. */
  async function transcriptPage(caller: Caller, id: string, after: number): Promise<Message[]> {
    await threads.findMain(caller, id);
    const { items } = await history.history(caller, id, { after, limit: MAX_PAGE });
    return items;
  }

  return {
    readings: {
      stats: conversationStats.stats,
      search: search.search,
      report: report.report,
      reportWritten: report.written,
      transcriptPage,
      tags: tags.tags,
      ...taken.readings,
    },
    /** By the file that has them. */
    statements: {
      conversationStats: conversationStats.statement,
      searchScope: scope.statement,
      search: search.statement,
      report: report.statement,
      tags: tags.statement,
      export: taken.statement,
    },
  };
}
