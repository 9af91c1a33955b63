/** Every regular expression of the source against texts that are made to cost: none takes more than its length. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { COPY } from '../../src/cli/import/sql-rows.ts';
import { TOO_LONG, word } from '../../src/db/search-words.ts';
import { LINK, MARKS } from '../../src/web/ui/text-patterns.ts';
import fc from '../property.ts';

const src = join(import.meta.dirname, '../../src');
/** Longer than any text that comes from outside. */
const LONGEST = 128 * 1024;
const MOST_MS = 100;
const MESSAGE = 20_000;

/** Of those that nobody from outside may give a long text: the longest. */
const BOUNDED: Record<string, number> = {
  // The address of the server, as the page that uses the SDK writes it.
  '/\\/+$/': 1_000,
  // The end of a hash in base64.
  '/=+$/': 100,
  // What a page makes links and bold letters of: a message's text, 10,000 characters of two halves each.
  [String(LINK)]: MESSAGE,
  [String(MARKS)]: MESSAGE,
};

/** What may stand before a division, and never before an expression. */
const ENDS_A_VALUE = /[\w$)\]}"'`]$/;
const KEYWORD = /(?:^|[^\w$.])(?:return|typeof|case|in|of|do|else|void|delete|throw|await|yield)$/;

const BLANK = /^(?:\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/|#![^\n]*)/;
const TEXT = /^(?:'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")/;
/** Of a template, up to what is put into it or to its end. */
const TEMPLATE = /^[`}](?:[^`\\$]|\\[\s\S]|\$(?!\{))*(?:`|\$\{)/;
const LITERAL = /^\/((?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+)\/([a-z]*)/;
const WORD = /^(?:[\w$]+|[\s\S])/;

/** The regular expressions that are written out in a file. */
function expressionsIn(code: string): RegExp[] {
  const found: RegExp[] = [];
  /** For each template that something is put into: the braces that are open in what is put there. */
  const templates: number[] = [];
  let before = '';
  for (let at = 0; at < code.length; ) {
    const rest = code.slice(at, at + 6_000);
    const open = templates.at(-1);
    const inTemplate = rest[0] === '`' || (rest[0] === '}' && open === 0);
    const blank = BLANK.exec(rest)?.[0];
    const text = TEXT.exec(rest)?.[0];
    const isValue = ENDS_A_VALUE.test(before) && !KEYWORD.test(before);
    const literal = isValue ? null : LITERAL.exec(rest);
    let taken = blank ?? text ?? '';
    if (taken === '' && inTemplate) {
      taken = TEMPLATE.exec(rest)?.[0] ?? '`';
      if (rest[0] === '}') templates.pop();
      if (taken.endsWith('${')) templates.push(0);
      before = taken.endsWith('${') ? '(' : '``';
    } else if (taken === '' && literal?.[1] !== undefined) {
      found.push(new RegExp(literal[1], literal[2]));
      taken = literal[0];
      before = '``';
    } else if (taken === '') {
      taken = WORD.exec(rest)?.[0] ?? '';
      if (open !== undefined && taken === '{') templates[templates.length - 1] = open + 1;
      if (open !== undefined && taken === '}') templates[templates.length - 1] = open - 1;
      before = `${before.slice(-20)}${/^\w/.test(taken) ? ' ' : ''}${taken}`;
    } else if (blank === undefined) before = text ?? '';
    at += taken.length;
  }
  return found;
}

/** The patterns within a value, however deep. */
function patternsIn(value: unknown, seen = new Set<unknown>()): string[] {
  if (typeof value !== 'object' || value === null || seen.has(value)) return [];
  seen.add(value);
  const own = 'pattern' in value && typeof value.pattern === 'string' ? [value.pattern] : [];
  const keys = 'patternProperties' in value ? Object.keys(value.patternProperties as object) : [];
  return [...own, ...keys, ...Object.values(value).flatMap((inner) => patternsIn(inner, seen))];
}

/** Pieces of texts that match, to be said over and over. */
function pieces(expression: RegExp): { start: string; piece: string }[] {
  const letters = [...new Set([...expression.source.replace(/\\[a-z]/gi, ''), ...' aA0-._,:/@%\t\n\\"é𝒳\u0001'])];
  const single = letters.map((piece) => ({ start: '', piece }));
  let samples: string[] = [];
  // One that repeats nothing costs no more than the places it is tried at; fast-check never ends on some of those.
  if (!/[+*{]/.test(expression.source)) return single;
  try {
    const plain = new RegExp(expression.source, expression.flags.replace(/[giy]/g, ''));
    samples = fc.sample(fc.stringMatching(plain, { maxLength: 40 }), { numRuns: 5, seed: 1 });
  } catch {
    // One that no text can be made for is tried with single letters alone.
  }
  const within = samples.flatMap((sample) =>
    Array.from({ length: Math.min(sample.length, 10) }, (_, from) =>
      [1, 2].map((length) => ({ start: sample.slice(0, from), piece: sample.slice(from, from + length) })),
    ).flat(),
  );
  const all = [...single, ...within].filter(({ piece }) => piece !== '');
  return [...new Map(all.map((one) => [`${one.start} ${one.piece}`, one])).values()];
}

function timeOf(expression: RegExp, text: string): number {
  expression.lastIndex = 0;
  const started = performance.now();
  expression.test(text);
  return performance.now() - started;
}

/**
 * The text that costs too much, in words; null when none was found. Texts grow step by step, and only as long as their
 * cost grows faster than they do: nothing hangs, and what is harmless is soon through.
 */
function weakness(expression: RegExp, longest = LONGEST): string | null {
  for (const { start, piece } of pieces(expression)) {
    for (const end of ['\u0000!', '\n\n\u0000']) {
      const text = (length: number) => start + piece.repeat(Math.ceil(length / piece.length)) + end;
      const cost = (length: number) => Math.min(timeOf(expression, text(length)), timeOf(expression, text(length)));
      const tell = (length: number, ms: number) => `${JSON.stringify(piece)} up to ${length}: ${Math.round(ms)} ms`;
      for (const length of [14, 17, 20, 23, 26, 29, 32]) {
        const ms = cost(length);
        if (ms > 10) return tell(length, ms);
      }
      for (const length of [2_048, 16_384, LONGEST].filter((one) => one <= longest)) {
        const ms = cost(length);
        if (ms > MOST_MS) return tell(length, ms);
        if (ms < 0.4) break;
      }
    }
  }
  return null;
}

t.test('what is known to cost too much is found', async (t) => {
  for (const bad of [
    /^(a+)+$/,
    /(x+x+)+y/,
    /^(\w+\s?)*$/,
    /^([a-z0-9]+[.-]?)*@/,
    /\s+$/,
    /^Bearer (\S+ ?)+$/,
    /^Bearer +((?:[a-z]+.?)+) *$/i,
  ]) {
    t.type(weakness(bad), 'string', String(bad));
  }
});

t.test('expressions are told from divisions, comments and texts', async (t) => {
  const code = [
    '#!/usr/bin/env node',
    'const a = b / c / d; // not /this/',
    "x = '/nor/' + /yes[/]1/gi.source; y = (1) / 2 / 3;",
    'return /yes2/; z = x.map(/yes3\\//); /* nor /that/ */',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is code to be read
    'u = `/no/${f({ a: /yes4/ }, `/no/${b / c / d}/no/`)}/no/` / 2 / 3;',
  ].join('\n');
  t.same(expressionsIn(code).map(String), ['/yes[/]1/gi', '/yes2/', '/yes3\\//', '/yes4/']);
});

/** The files whose expressions are put together, of their own constants: they are looked at all the same. */
const PUT_TOGETHER: Readonly<Record<string, readonly RegExp[]>> = {
  [join('cli', 'import', 'sql-rows.ts')]: [COPY],
  [join('db', 'search-words.ts')]: [word, TOO_LONG],
};

interface Found {
  where: string;
  expression: RegExp;
}

const files = globSync('**/*.ts', { cwd: src });
const read = (file: string) => readFileSync(join(src, file), 'utf8');

/** By their words, each once. */
async function all(): Promise<Found[]> {
  const found = new Map<string, Found>();
  const add = (where: string, expression: RegExp) => found.set(String(expression), { where, expression });
  for (const file of files) for (const expression of expressionsIn(read(file))) add(file, expression);
  for (const file of files.filter((name) => name.startsWith('protocol/'))) {
    const patterns = patternsIn({ ...(await import(join(src, file))) });
    for (const pattern of patterns) add(`${file}, a pattern`, new RegExp(pattern, 'u'));
  }
  for (const [file, put] of Object.entries(PUT_TOGETHER)) for (const one of put) add(file, one);
  return [...found.values()];
}

t.test('every expression of the source', async (t) => {
  const found = await all();
  t.ok(found.length > 30, `${found.length} expressions`);
  for (const { where, expression } of found) {
    t.equal(weakness(expression, BOUNDED[String(expression)]), null, `${where}: ${String(expression).slice(0, 100)}`);
  }
});

t.test('expressions are put together at run time of the protocol’s own patterns, and of constants', async (t) => {
  const elsewhere = files.filter((file) => !file.startsWith('protocol/') && read(file).includes('new RegExp('));
  t.same(elsewhere.sort(), Object.keys(PUT_TOGETHER));
});
