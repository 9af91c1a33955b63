/** What a frame of a profile is about, and to which kind of work its time belongs. */
import type { Frame } from './profile.ts';

/** Calls of the runtime out of JavaScript, as V8 names them. */
const WRITES: ReadonlySet<string> = new Set([
  'writev',
  'writeBuffer',
  'writeUtf8String',
  'writeLatin1String',
  'writeAsciiString',
]);

/** Path within the server's sources, or null. */
function sourceOf({ url }: Frame): string | null {
  return /\/src\/([\w./-]+)\.ts$/.exec(url)?.[1] ?? null;
}

function packageOf({ url }: Frame): string | null {
  return /\/node_modules\/((?:@[\w.-]+\/)?[\w.-]+)\/(?!.*\/node_modules\/)/.exec(url)?.[1] ?? null;
}

/** What a picture calls it; null: what stands below goes on. */
export function subjectOf(frame: Frame): string | null {
  const source = sourceOf(frame);
  if (source !== null) return frame.functionName === '' ? `${source} …` : `${source} ${frame.functionName}`;
  const name = packageOf(frame);
  if (name !== null) return name === 'better-sqlite3' && frame.functionName === 'exec' ? 'SQLite: begin, commit' : name;
  if (frame.functionName === '(garbage collector)') return 'collecting garbage';
  if (frame.functionName === '(program)') return 'the runtime: reading, polling';
  if (WRITES.has(frame.functionName) && frame.url === '') return 'write to a socket';
  // What the runtime does in C++ for a function, SQLite's own work for instance, is that function's.
  return frame.url === '' ? null : 'node';
}

/** Whether it is somebody's coming in: a server at work is what comes behind it. */
export function isComingIn(frame: Frame): boolean {
  return /^chat\/live\/hello$|^ws\/(greeting|upgrades|plugin)$/.test(sourceOf(frame) ?? '');
}

interface Kind {
  name: string;
  has: (frame: Frame) => boolean;
}

const inSource = (...beginnings: string[]) => {
  return (frame: Frame) => {
    const source = sourceOf(frame);
    return source !== null && beginnings.some((beginning) => source.startsWith(beginning));
  };
};
function isCommit(frame: Frame): boolean {
  return packageOf(frame) === 'better-sqlite3' && frame.functionName === 'exec';
}

function isLoading(frame: Frame): boolean {
  return /^db\/([a-z]+-)?loader|^db\/[a-z]+-statements/.test(sourceOf(frame) ?? '');
}

/** `Frame` and `textFrame` put an event together, `Connection.answer` an answer. */
function isTelling(frame: Frame): boolean {
  const source = sourceOf(frame);
  return (
    source === 'hub/frame' ||
    source === 'hub/text-frame' ||
    (source === 'ws/connection' && frame.functionName === 'answer')
  );
}

function isTaking(frame: Frame): boolean {
  return packageOf(frame) === 'typebox' || /^ws\/read-frame|^protocol\//.test(sourceOf(frame) ?? '');
}

/** The first that a frame fits, from the innermost outwards, is the kind of a sample. */
const KINDS: readonly Kind[] = [
  { name: 'SQLite: begin and commit, write(2) and fsync(2)', has: isCommit },
  {
    name: 'SQLite: writing rows',
    has: inSource(
      'db/row-writer',
      'db/sqlite-writer',
      'db/queued-writer',
      'db/file-batches',
      'db/working-set',
      'db/writing-',
    ),
  },
  { name: 'SQLite: reading what a batch needs', has: isLoading },
  { name: 'SQLite: the search index', has: inSource('db/search-', 'db/indexing') },
  { name: 'the rest of db/', has: inSource('db/') },
  { name: 'JSON and UTF-8 of answers and events', has: isTelling },
  { name: 'JSON and check of what comes in', has: isTaking },
  { name: 'rules: who may, and what comes of it', has: inSource('chat/decide', 'chat/access') },
  { name: 'publishing: who hears what', has: inSource('chat/publi', 'chat/views', 'hub/') },
  { name: 'the rest of chat/', has: inSource('chat/') },
  { name: 'connections: queues, answers', has: inSource('ws/') },
  { name: 'the package ws: frames apart and together', has: (frame) => packageOf(frame) === 'ws' },
  { name: 'write(2) to sockets', has: ({ functionName, url }) => url === '' && WRITES.has(functionName) },
  { name: 'read(2), epoll(7): outside of JavaScript', has: ({ functionName }) => functionName === '(program)' },
  { name: 'collecting garbage', has: ({ functionName }) => functionName === '(garbage collector)' },
];

const REST = 'Node.js: streams, timers, promises';

/** All of them, as a table lists them. */
export const KIND_NAMES: readonly string[] = [...KINDS.map(({ name }) => name), REST];

export function kindOf(stack: readonly Frame[]): string {
  for (const frame of stack.toReversed()) {
    const kind = KINDS.find(({ has }) => has(frame));
    if (kind !== undefined) return kind.name;
    // Streams call ws, which calls streams: what the runtime does for a socket is the runtime's own. A text that becomes
    // bytes belongs to whoever asks for it.
    if (frame.url.startsWith('node:') && !frame.url.endsWith('buffer')) return REST;
  }
  return REST;
}
