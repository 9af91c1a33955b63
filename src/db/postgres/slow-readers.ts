/** Slow readings over PostgreSQL: in this process, over connections of their own, so that they hold up nobody else's. */
import type { ThreadReadings } from '../reader-threads.ts';
import type { Readers, ReadersSource } from '../readers.ts';
import type { Pool } from './pool.ts';
import { postgresQuestions } from './questions.ts';
import { readingsOver } from './reading.ts';

export function slowReaders<R extends ThreadReadings>(pool: Pool, { here }: Pick<ReadersSource, 'here'>): Readers<R> {
  const { ask, reading } = readingsOver(pool);
  let prepared: Promise<R> | null = null;
  return {
    async read<N extends keyof R & string>(name: N, ...given: Parameters<R[N]>): Promise<Awaited<ReturnType<R[N]>>> {
      prepared ??= here(postgresQuestions(ask)) as Promise<R>;
      const read = (await prepared)[name];
      if (read === undefined) throw new Error(`there is no reading "${name}"`);
      const answered: Promise<unknown> = reading(async () => read(...given));
      return answered as Promise<Awaited<ReturnType<R[N]>>>;
    },
  };
}
