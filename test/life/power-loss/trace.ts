/** Reads the log of a traced process: what it did to files and what it sent, in the order in which it happened. */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

export type Call =
  | { call: 'write'; path: string; offset: number; data: Buffer }
  | { call: 'truncate'; path: string; size: number }
  | { call: 'sync'; path: string }
  | { call: 'remove'; path: string }
  /** Something leaves for another process: from here on the other one may know it. */
  | { call: 'send'; data: Buffer };

/** How the process has to be traced for its log to be read here. */
export function traceOptions(log: string): string[] {
  const calls = 'pwrite64,ftruncate,fsync,fdatasync,unlink,write,writev,sendmsg,sendto';
  return ['-f', '--seccomp-bpf', '-qq', '-yy', '-xx', '-s', '10000000', '-e', `trace=${calls}`, '-o', log];
}

/** What a line says once its call has come back. */
const finished: [RegExp, (match: RegExpMatchArray) => Call][] = [
  [
    /^pwrite64\(\d+<(.+?)>, "([^"]*)", \d+, (\d+)\)\s+= (\d+)/,
    ([, path = '', data = '', offset, written]) => ({
      call: 'write',
      path: text(path),
      offset: Number(offset),
      data: bytes(data).subarray(0, Number(written)),
    }),
  ],
  [
    /^ftruncate\(\d+<(.+?)>, (\d+)\)\s+= 0/,
    ([, path = '', size]) => ({ call: 'truncate', path: text(path), size: Number(size) }),
  ],
  [/^f(?:data)?sync\(\d+<(.+?)>\)\s+= 0/, ([, path = '']) => ({ call: 'sync', path: text(path) })],
  [/^unlink\("([^"]*)"\)\s+= 0/, ([, path = '']) => ({ call: 'remove', path: text(path) })],
];

const SENDING = /^(?:write|writev|sendmsg|sendto)\(\d+<(?:TCP|UNIX|socket)/;

/** The calls of the log, one by one. What is sent counts from its beginning, everything else from its end. */
export async function* readTrace(log: string): AsyncGenerator<Call> {
  const interrupted = new Map<string, string>();
  for await (const line of createInterface({ input: createReadStream(log, 'latin1') })) {
    const [, thread = '', rest = ''] = /^(\d+)\s+(.*)$/.exec(line) ?? [];
    const begun = /^(.*) <unfinished \.\.\.>$/.exec(rest)?.[1];
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(rest)?.[1];
    if (begun !== undefined) interrupted.set(thread, begun);
    if (resumed === undefined && SENDING.test(rest)) yield { call: 'send', data: sent(rest) };
    const whole = resumed === undefined ? rest : `${interrupted.get(thread) ?? ''}${resumed}`;
    for (const [pattern, read] of finished) {
      const match = whole.match(pattern);
      if (match !== null) yield read(match);
    }
  }
}

function sent(line: string): Buffer {
  return Buffer.concat([...line.matchAll(/"((?:\\x..)+)"/g)].map(([, data = '']) => bytes(data)));
}

function bytes(escaped: string): Buffer {
  return Buffer.from(escaped.replaceAll('\\x', ''), 'hex');
}

/** A path, which some versions escape as well. */
function text(path: string): string {
  return path.startsWith('\\x') ? bytes(path).toString() : path;
}
