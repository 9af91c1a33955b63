/**
 * The log of every server that a test starts in its own process, and beside it what people said to it and what they
 * came in with: none of that may stand in it. `bin/test.mjs` makes the folder, and looks when all tests have run.
 */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Logger, pino } from 'pino';
import { createLog } from '../src/cli/log.ts';

const folder = process.env.TEST_RUN_LOG;
const file = (ending: string) => join(folder ?? '', `${process.pid}.${ending}`);

/** At the most talkative level that anybody uses; false outside of a run. */
export const runLog: Logger | false =
  folder === undefined
    ? false
    : createLog({ logLevel: 'debug', keepAddress: false }, pino.destination({ dest: file('log'), sync: true }));

/** Properties whose texts are somebody's words, or a credential. */
const WORDS = new Set([
  'content',
  'password',
  'newPassword',
  'token',
  'refreshToken',
  'key',
  'value',
  'ticket',
  'link',
]);
/** An id, or a path that ends in one: no secret, and in the log of who asked for it. */
const IS_ID = /^\S*[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** One word of letters, such as `hasOwnProperty`, which a fuzzer says: it may stand in any line. */
const ONE_WORD = /^[A-Za-z_$]+$/;
/** Shorter ones stand in a log by chance. */
const SHORTEST = 10;
/** Of a process: a test that says a hundred thousand things has said enough. */
const MOST = 5_000;

const noted = new Set<string>();

/** Notes what in a body, a frame or an answer may stand in no log. */
export function noteWords(said: unknown): void {
  if (folder === undefined || noted.size >= MOST) return;
  if (Array.isArray(said)) for (const one of said) noteWords(one);
  else if (typeof said === 'object' && said !== null) {
    for (const [name, value] of Object.entries(said)) {
      if (typeof value !== 'string') noteWords(value);
      else if (WORDS.has(name)) note(value);
    }
  }
}

function note(text: string): void {
  // As it would stand in a line of JSON.
  const written = JSON.stringify(text).slice(1, -1);
  if (written.length < SHORTEST || IS_ID.test(written) || ONE_WORD.test(written) || noted.has(written)) return;
  noted.add(written);
  appendFileSync(file('words'), `${written}\n`);
}
