/**
 * Starts what is measured and what it is measured with. Parley is started as anybody starts it, with limits that bind
 * nobody here.
 */
import { fileURLToPath } from 'node:url';
import manifest from '../../package.json' with { type: 'json' };
import { Child, type Core } from '../process/child.ts';

const script = {
  parley: fileURLToPath(import.meta.resolve('../../src/main.ts')),
  profiling: fileURLToPath(import.meta.resolve('../process/profiling.ts')),
  withoutWrites: fileURLToPath(import.meta.resolve('./without-writes.ts')),
  bare: fileURLToPath(import.meta.resolve('./bare.ts')),
  talker: fileURLToPath(import.meta.resolve('./talker.ts')),
  receiver: fileURLToPath(import.meta.resolve('./receiver.ts')),
  inserts: fileURLToPath(import.meta.resolve('./inserts.ts')),
  sameRows: fileURLToPath(import.meta.resolve('./same-rows.ts')),
  load: fileURLToPath(import.meta.resolve('../load.ts')),
};

/** Has a server tell its memory when it is asked. */
const telling = ['--expose-gc', '--import', fileURLToPath(import.meta.resolve('../process/usage.ts'))];

/** What `npm start` gives the runtime. */
const RUNTIME = manifest.scripts.start.split(' ').filter((word) => word.startsWith('--'));

/** Where `npm start` keeps what was compiled. */
const COMPILED = fileURLToPath(import.meta.resolve('../../dist/compiled'));

const SETTINGS = {
  PARLEY_HOST: '127.0.0.1',
  PARLEY_PORT: '0',
  PARLEY_LOG_LEVEL: 'warn',
  PARLEY_SEND_RATE: '1000000',
  PARLEY_SEND_BURST: '1000000',
  PARLEY_WRITER_QUEUE: '1000000',
  PARLEY_HELLO_SOCKETS_PER_ADDRESS: '1000000',
  PARLEY_SOCKETS_PER_ADDRESS: '1000000',
  PARLEY_MAX_SOCKETS: '1000000',
  PARLEY_OUTBOUND_ALLOW: '127.0.0.1',
  // Who has gone is forgotten at once, and weighs nothing when memory is measured.
  PARLEY_PRESENCE_GRACE_MS: '0',
};

/** For what is about a whole file. */
const LONG_MS = 600_000;

const SERVER_CORE: Core = 0;
const LOAD_CORE: Core = 1;

export interface Server {
  url: string;
  child: Child;
}

export interface ParleyOptions {
  /** A data folder, seeded. */
  folder: string;
  /** With the core that every server has; false: with all of them, as the others of several. */
  alone?: boolean;
  /** More options of Node.js, such as a profiler's. */
  node?: readonly string[];
  /** Beside those that every one has. */
  settings?: Record<string, string>;
}

export async function startParley({ folder, alone = true, node = [], settings = {} }: ParleyOptions): Promise<Server> {
  const args = [...telling, ...RUNTIME, ...node, script.parley, 'serve'];
  const core = alone ? { core: SERVER_CORE } : {};
  return listening(new Child({ ...core, args, env: { ...SETTINGS, ...settings, PARLEY_DATA: folder } }));
}

/** A Parley whose writes reach no file once the first sockets are in: ask it to `forget`. */
export async function startWithoutWrites(folder: string): Promise<Server> {
  const server = await startParley({ folder, node: ['--import', script.withoutWrites] });
  await server.child.ask('forget');
  return server;
}

/** A Parley that can be asked for a `profile`; see profiling.ts. */
export function startProfiled(folder: string): Promise<Server> {
  return startParley({ folder, node: ['--import', script.profiling] });
}

/** A bare `ws` server; what each does is told in bare.ts. */
export async function startBare(mode: 'echo' | 'relay' | 'gather'): Promise<Server> {
  return listening(new Child({ core: SERVER_CORE, args: [...telling, script.bare, mode] }));
}

/** A bot's program; see talker.ts. */
export function startTalker(): Promise<Server> {
  return listening(new Child({ core: LOAD_CORE, args: [script.talker] }));
}

/** Somebody who is told what happens; see receiver.ts. */
export function startReceiver(): Promise<Server> {
  return listening(new Child({ core: LOAD_CORE, args: [script.receiver] }));
}

export function startInserts(): Child {
  return new Child({ core: SERVER_CORE, args: [script.inserts] });
}

export function startSameRows(): Child {
  return new Child({ core: SERVER_CORE, args: [script.sameRows], patienceMs: LONG_MS });
}

/**
 * A command of Parley's that comes to its end by itself, with all cores. As in the executable, its code was compiled before.
 * Rejects where it fails.
 */
export function runParley(args: readonly string[]): Promise<void> {
  const env = { NODE_COMPILE_CACHE: COMPILED };
  return new Child({ args: [...RUNTIME, script.parley, ...args], env, patienceMs: LONG_MS }).done();
}

export function startLoad(): Child {
  return new Child({ core: LOAD_CORE, args: [script.load] });
}

async function listening(child: Child): Promise<Server> {
  return { url: await child.listening(), child };
}
