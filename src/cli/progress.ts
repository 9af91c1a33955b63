/** How far long work is: one line that changes at a terminal, else a line for each thing that is begun. */
import type { WriteStream } from 'node:tty';

export interface Progress {
  /** @param share 0 to 1 */
  at(what: string, share: number): void;
  /** Takes the line away: what comes next is the outcome. */
  end(): void;
}

/** Of a terminal's line; more often nobody can read it. */
const EVERY_MS = 100;

/**
 * @param out standard error: the outcome alone is for whoever reads standard output
 * @param quiet says nothing
 */
export function progressOn(out: NodeJS.WriteStream & Partial<WriteStream>, quiet: boolean): Progress {
  let shown = '';
  let at = 0;
  if (quiet) return { at: () => {}, end: () => {} };
  if (!out.isTTY) {
    return {
      at: (what) => {
        if (what !== shown) out.write(`${what}\n`);
        shown = what;
      },
      end: () => {},
    };
  }
  const clear = () => out.write('\r\x1b[K');
  return {
    at: (what, share) => {
      const now = performance.now();
      if (what === shown && share < 1 && now - at < EVERY_MS) return;
      [shown, at] = [what, now];
      clear();
      out.write(`${what} ${Math.floor(share * 100)}%`);
    },
    end: clear,
  };
}
