/**
 * The readings that may take long, for the reader threads. Each is prepared there, over a connection of its own; what it
 * takes and gives is plain data. One that grows with the store is read in pages, each a reading of its own.
 */
import type { Reader } from '../../db/open.ts';
import { createConversationStats } from './conversation-stats.ts';
import { prepareRows } from './rows.ts';
import { createThreads } from './threads.ts';

export type SlowReadings = ReturnType<typeof prepareSlowReadings>['readings'];

export function prepareSlowReadings(db: Reader) {
  const rows = prepareRows(db);
  const threads = createThreads(rows);
  const conversationStats = createConversationStats(db, { rows, threads });
  return {
    readings: { stats: conversationStats.stats },
    /** By the file that has them. */
    statements: { conversationStats: conversationStats.statement },
  };
}
