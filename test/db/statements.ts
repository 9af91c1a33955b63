/** All statements that readings are made of, by the file that has them: `list.support`. */
import { prepareBots } from '../../src/chat/bots/bots.ts';
import { prepareTurns } from '../../src/chat/bots/turn-readings.ts';
import { createJobs } from '../../src/chat/jobs.ts';
import { createSight } from '../../src/chat/live/sight.ts';
import { noticeReadings } from '../../src/chat/notices/notice-readings.ts';
import { createEventRows } from '../../src/chat/outbox/event-rows.ts';
import { outboxReadings } from '../../src/chat/outbox/outbox-readings.ts';
import { erasureSteps } from '../../src/chat/people/erasure.ts';
import { peopleReadings } from '../../src/chat/people/people-readings.ts';
import { prepareReadings } from '../../src/chat/readings/readings.ts';
import { prepareSlowReadings } from '../../src/chat/readings/slow-readings.ts';
import { createRetention } from '../../src/chat/retention.ts';
import { createAudit } from '../../src/chat/setup/audit.ts';
import { prepareCannedReplies } from '../../src/chat/setup/canned-replies.ts';
import { createSettings } from '../../src/chat/setup/settings.ts';
import { prepareSnoozes } from '../../src/chat/snoozes.ts';
import { allDuties } from '../../src/db/duties.ts';
import type { Question, Questions } from '../../src/db/questions.ts';
import type { World } from '../world.ts';

/** Drizzle's, or one of the engine's own words: SQLite's driver tells them. */
export type Statement = Question<Record<string, unknown>, unknown> & {
  getQuery?(): { sql: string; params: unknown[] };
  source?: string;
};

export function statementsOver(
  db: Questions,
  { store, writer }: Pick<World, 'store' | 'writer'>,
): Map<string, Statement> {
  const own = { db, writer, duties: allDuties, now: Date.now, onError: () => {} };
  const read = { questions: db, epoch: store.epoch, clock: () => store.position };
  const readings = prepareReadings(read, 1000, () => undefined).statements;
  const statements = {
    ...readings,
    ...prepareSlowReadings(db).statements,
    bots: prepareBots(db),
    turns: prepareTurns(db),
    audit: createAudit(db, readings.rows).statement,
    snoozes: prepareSnoozes(db),
    cannedReplies: prepareCannedReplies(db),
    settings: createSettings(db, writer).statement,
    people: peopleReadings(db),
    notices: noticeReadings(db),
    outbox: outboxReadings(db),
    eventRows: createEventRows(db).statement,
    sight: createSight(db).statement,
    jobs: createJobs({ ...own, kinds: new Map() }).statement,
    erasure: erasureSteps(db).statement,
    retention: createRetention({ ...own, retentionDays: () => null }).statement,
  };
  return new Map(
    Object.entries(statements).flatMap(([file, ofFile]) =>
      Object.entries(ofFile as object)
        // Functions put theirs together as they are asked.
        .filter(([, statement]) => typeof statement !== 'function')
        .map(([name, statement]) => [`${file}.${name}`, statement as Statement] as const),
    ),
  );
}
