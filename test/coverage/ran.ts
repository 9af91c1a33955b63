/** Which characters of the sources were run, from what V8 counted. Type stripping keeps every place where it was. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** One byte for each character of a file, by its path from the project's folder: 1 where it was run. */
export type Ran = Map<string, Uint8Array>;

/** The same, in a file: the lengths of the stretches that were run and were not, in turn; the first were not. */
export type Stretches = Record<string, number[]>;

interface Counted {
  result: { url: string; functions: { ranges: { startOffset: number; endOffset: number; count: number }[] }[] }[];
}

/** All that the processes have run which left their counts in `folder`. */
export function ranIn(folder: string, root: string, ran: Ran = new Map()): Ran {
  const sources = pathToFileURL(join(root, 'src')).href;
  for (const name of readdirSync(folder)) {
    for (const script of readCounted(join(folder, name)).result) {
      if (!script.url.startsWith(`${sources}/`)) continue;
      const file = fileURLToPath(script.url).slice(root.length + 1);
      const { length } = readFileSync(join(root, file), 'utf8');
      // Stripping the types keeps every place, and adds a line behind the last one.
      add(ran, file, painted(script.functions.flatMap(({ ranges }) => ranges)).subarray(0, length));
    }
  }
  return ran;
}

/** A process that was killed in the middle of writing leaves half a file. */
function readCounted(file: string): Counted {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Counted;
  } catch {
    return { result: [] };
  }
}

/** Inner ranges say more than those around them, and come after them. */
function painted(ranges: Counted['result'][number]['functions'][number]['ranges']): Uint8Array {
  const length = Math.max(0, ...ranges.map(({ endOffset }) => endOffset));
  const ran = new Uint8Array(length);
  ranges.sort((a, b) => a.startOffset - b.startOffset || b.endOffset - a.endOffset);
  for (const { startOffset, endOffset, count } of ranges) ran.fill(count > 0 ? 1 : 0, startOffset, endOffset);
  return ran;
}

function add(to: Ran, file: string, more: Uint8Array): void {
  const before = to.get(file);
  if (before === undefined) to.set(file, more);
  else for (let at = 0; at < before.length; at += 1) before[at] = (before[at] ?? 0) | (more[at] ?? 0);
}

export function addAll(to: Ran, more: Ran): void {
  for (const [file, ran] of more) add(to, file, ran);
}

export function toStretches(ran: Ran): Stretches {
  return Object.fromEntries(
    Array.from(ran, ([file, bytes]) => {
      const stretches: number[] = [];
      let begun = 0;
      for (let at = 1; at <= bytes.length; at += 1) {
        if (at < bytes.length && bytes[at] === bytes[begun]) continue;
        if (begun === 0 && bytes[0] === 1) stretches.push(0);
        stretches.push(at - begun);
        begun = at;
      }
      return [file, stretches];
    }),
  );
}

export function fromStretches(stretches: Stretches): Ran {
  return new Map(
    Object.entries(stretches).map(([file, lengths]) => {
      const bytes = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0));
      let at = 0;
      for (const [place, length] of lengths.entries()) {
        if (place % 2 === 1) bytes.fill(1, at, at + length);
        at += length;
      }
      return [file, bytes];
    }),
  );
}
