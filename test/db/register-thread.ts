/** What the reader threads of the tests run: readings over the register, and ways to go wrong. */
import { exit } from 'node:process';
import { serveReader } from '../../src/db/serve-reader.ts';
import { misshapen } from '../../src/protocol/refusal.ts';

export interface RegisterReadings extends Record<string, (...given: never[]) => unknown> {
  names(): Promise<string[]>;
  given(): unknown;
  /** Tells that it began, and ends when it is let go: element 0 and 1. */
  hold(latch: Int32Array): string;
  write(): unknown;
  refuse(): void;
  fault(): void;
  die(): void;
}

serveReader((db, given) => {
  const names = db.inWords<Record<string, never>, { name: string }>('select name from users order by id');
  const gone = db.inWords<Record<string, never>, { id: number }>('delete from users returning id');
  return {
    names: async () => (await names.all({})).map(({ name }) => name),
    given: () => given,
    hold: (latch: Int32Array) => {
      Atomics.store(latch, 0, 1);
      Atomics.notify(latch, 0);
      Atomics.wait(latch, 1, 0);
      return 'let go';
    },
    write: () => gone.all({}),
    refuse: () => {
      throw misshapen('q', 'is not for this');
    },
    fault: () => {
      throw new TypeError('the reading has a fault');
    },
    die: () => exit(7),
  } satisfies Record<keyof RegisterReadings & string, unknown>;
});
