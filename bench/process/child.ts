/** The processes that a measurement starts: on a core of their own where that can be done, and none outlives it. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { createInterface } from 'node:readline';
import type { Answer, Question } from './asking.ts';

/** The server has the first core, whoever loads it the second. */
export type Core = 0 | 1;

export interface ChildOptions {
  /** Without one it has them all. */
  core?: Core;
  /** Of Node.js: its options, then the script, then its arguments. */
  args: readonly string[];
  /** What runs where it is not Node.js; it can be asked nothing. */
  program?: string;
  env?: Record<string, string>;
  /** What it does not say within this time is an error. */
  patienceMs?: number;
}

const PATIENCE_MS = 120_000;

/** Linux's own tool: binds a process to cores. */
const BINDER = 'taskset';

/** Whether processes can be bound to cores here. */
export const pinned: boolean = availableParallelism() > 1 && spawnSync(BINDER, ['--version']).status === 0;

const living = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of living) child.kill('SIGKILL');
});

export class Child {
  private readonly process: ChildProcess;
  private readonly asked = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  private readonly lines: string[] = [];
  private readonly patienceMs: number;
  private onLine: (() => void) | null = null;
  private last = 0;
  private over = false;
  private code: number | null = null;

  constructor({ core, args, program = process.execPath, env = {}, patienceMs = PATIENCE_MS }: ChildOptions) {
    this.patienceMs = patienceMs;
    const command = pinned && core !== undefined ? [BINDER, '-c', String(core), program] : [program];
    const [first = program, ...rest] = [...command, ...args];
    this.process = spawn(first, rest, { env: environment(env), stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
    living.add(this.process);
    this.process.on('message', (answer: Answer) => this.settle(answer));
    this.process.on('exit', (code, signal) => {
      this.code = code;
      this.ended(`${args.join(' ')} ended (${signal ?? code})`);
    });
    if (this.process.stdout === null) throw new Error('a child without standard output');
    createInterface(this.process.stdout).on('line', (line) => {
      this.lines.push(line);
      this.onLine?.();
    });
  }

  /** The process itself: what binds it becomes it. */
  get pid(): number {
    if (this.process.pid === undefined) throw new Error('the process could not be started');
    return this.process.pid;
  }

  /** Has the child do a job, and gives what it answers. */
  ask<T>(job: string, given: unknown = null): Promise<T> {
    this.last += 1;
    const question: Question = { ask: this.last, job, given };
    return this.waitFor<T>(job, (resolve, reject) => {
      if (this.over) return reject(new Error(`${job}: the process has ended`));
      this.asked.set(question.ask, { resolve: resolve as (value: unknown) => void, reject });
      this.process.send(question);
    });
  }

  /** Where it listens, from the line in which it says so. */
  listening(): Promise<string> {
    return this.waitFor('listening', (resolve, reject) => {
      const look = () => {
        const line = this.lines.find((text) => text.includes('listens on '));
        if (line !== undefined) resolve(line.slice(line.indexOf('listens on ') + 'listens on '.length).trim());
        else if (this.over) reject(new Error(`the process ended before it listened: ${this.lines.join('\n')}`));
        else this.onLine = look;
      };
      look();
    });
  }

  /** Resolves when it has come to its end by itself, and well. */
  done(): Promise<void> {
    return this.waitFor('the end', (resolve, reject) => {
      const look = () => {
        if (!this.over) this.onLine = look;
        else if (this.code === 0) resolve();
        else reject(new Error(`the process failed: ${this.lines.join('\n')}`));
      };
      look();
    });
  }

  /** Asks it to stop and waits until it has: a profile is written then. */
  async stop(): Promise<void> {
    if (this.over) return;
    const exited = once(this.process, 'exit');
    this.process.kill('SIGTERM');
    const tooLong = setTimeout(() => this.process.kill('SIGKILL'), 20_000);
    await exited;
    clearTimeout(tooLong);
  }

  private settle(answer: Answer): void {
    const asked = this.asked.get(answer.answer);
    this.asked.delete(answer.answer);
    if ('error' in answer) asked?.reject(new Error(answer.error));
    else asked?.resolve(answer.value);
  }

  private ended(how: string): void {
    this.over = true;
    living.delete(this.process);
    for (const { reject } of this.asked.values()) reject(new Error(how));
    this.asked.clear();
    this.onLine?.();
  }

  private waitFor<T>(
    what: string,
    begin: (resolve: (value: T) => void, reject: (error: Error) => void) => void,
  ): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const timer = setTimeout(() => reject(new Error(`no answer to ${what} in ${this.patienceMs} ms`)), this.patienceMs);
    begin(resolve, reject);
    return promise.finally(() => clearTimeout(timer));
  }
}

/** Nothing that somebody has set for their own Parley reaches the one that is measured. */
function environment(settings: Record<string, string>): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('PARLEY_'));
  return { ...Object.fromEntries(inherited), ...settings };
}
