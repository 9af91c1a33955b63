/** The inside of a reader thread: one connection, one reading at a time, each answered with a value or why there is none. */
import { parentPort, workerData } from 'node:worker_threads';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import type { Failure } from '../protocol/answers.ts';
import { Refusal } from '../protocol/refusal.ts';
import { there } from '../protocol/there.ts';
import type { Reader } from './open.ts';
import { type ConnectionOptions, openForReading } from './pragmas.ts';
import type { ThreadReadings } from './reader-threads.ts';

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
export function serveReader<G>(prepare: (db: Reader, given: G) => ThreadReadings): void {
  const port = there(parentPort, 'a reader thread is begun as a worker');
  const { file, connection, given } = workerData as ReaderData;
  const db: Reader = drizzle(openForReading(file, connection), { casing: 'snake_case' });
  const readings = new Map(Object.entries(prepare(db, given as G)));
  const inOneState = db.$client.transaction((read: () => unknown) => read());

  const answer = ({ reading, given: args }: ReaderQuestion): ReaderAnswer => {
    try {
      const read = readings.get(reading);
      if (read === undefined) throw new Error(`there is no reading "${reading}"`);
      return { value: inOneState(() => read(...args)) };
    } catch (error) {
      if (error instanceof Refusal) return { refused: error.toFailure() };
      const { message, stack } = error instanceof Error ? error : new Error(String(error));
      return { fault: { message, stack } };
    }
  };
  port.on('message', (question: ReaderQuestion) => port.postMessage(answer(question)));
}
