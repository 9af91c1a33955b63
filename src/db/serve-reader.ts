/**
 * The inside of a reader thread: one connection, one reading at a time, as its owner asks for the next when the one before is
 * answered; each over one state of the file, and answered with a value or why there is none.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import type { Failure } from '../protocol/answers.ts';
import { Refusal } from '../protocol/refusal.ts';
import { there } from '../protocol/there.ts';
import { type ConnectionOptions, openForReading } from './pragmas.ts';
import type { Questions } from './questions.ts';
import type { ThreadReadings } from './reader-threads.ts';
import { oneState, sqliteQuestions } from './sqlite-questions.ts';

/** What a thread is begun with. */
export interface ReaderData {
  /** The database. */
  file: string;
  connection: ConnectionOptions;
  /** What its readings are prepared with: plain data. */
  given: unknown;
}

export interface ReaderQuestion {
  reading: string;
  given: unknown[];
}

export type ReaderAnswer =
  | { value: unknown }
  | { refused: Failure }
  | { fault: { message: string; stack: string | undefined } };

/** Opens the thread's connection, has the readings prepared over it, and answers until the thread is ended. */
export function serveReader<G>(prepare: (db: Questions, given: G) => ThreadReadings): void {
  const port = there(parentPort, 'a reader thread is begun as a worker');
  const { file, connection, given } = workerData as ReaderData;
  const client = openForReading(file, connection);
  const db = sqliteQuestions(drizzle(client, { casing: 'snake_case' }));
  const readings = new Map(Object.entries(prepare(db, given as G)));
  const inOneState = oneState(client);

  const answer = async ({ reading, given: args }: ReaderQuestion): Promise<ReaderAnswer> => {
    try {
      const read = readings.get(reading);
      if (read === undefined) throw new Error(`there is no reading "${reading}"`);
      return { value: await inOneState(async () => read(...args)) };
    } catch (error) {
      if (error instanceof Refusal) return { refused: error.toFailure() };
      const { message, stack } = error instanceof Error ? error : new Error(String(error));
      return { fault: { message, stack } };
    }
  };
  port.on('message', async (question: ReaderQuestion) => port.postMessage(await answer(question)));
}
