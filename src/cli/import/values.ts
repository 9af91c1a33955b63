/** Foreign values as Parley keeps them. */

import { codePointLength, firstCodePoints } from '../../protocol/code-points.ts';
import { contentProblem, normaliseContent } from '../../protocol/content.ts';
import { MAX_LINE_LENGTH } from '../../protocol/limits.ts';
import { plain } from './json-rows.ts';

/** Beyond these a number is no longer one of seconds, or of milliseconds. */
const MOST_SECONDS = 1e11;
const MOST_MILLISECONDS = 1e14;
/** The end of the year 9999: later times cannot be written in four digits. */
const LATEST_MS = 253_402_300_799_999;
const TIME = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d)?(?:[.,](\d{1,3})\d*)?\s*(Z|UTC|[+-]\d\d(?::?\d\d)?)?)?$/i;

/** As JSON writes times, which the runtime reads by itself. */
const PLAIN_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** An id of whatever kind as text; null: there is none. */
export function idOf(value: unknown): string | null {
  const bare = plain(value);
  if (typeof bare === 'string') return bare.trim() === '' ? null : bare.trim();
  return typeof bare === 'number' || typeof bare === 'bigint' ? String(bare) : null;
}

/** A time in ms: ISO 8601, as SQL databases write it, or seconds, ms or µs since 1970. Without a zone it is UTC. */
export function timeOf(value: unknown): number | null {
  const bare = plain(value);
  if (typeof bare === 'number') return fromNumber(bare);
  if (typeof bare !== 'string') return null;
  if (PLAIN_TIME.test(bare)) return within(Date.parse(bare));
  const text = bare.trim();
  if (/^-?\d+(\.\d+)?$/.test(text)) return fromNumber(Number(text));
  const found = TIME.exec(text);
  if (found === null) return null;
  const [, day = '', minute = '00:00', second = ':00', fraction = '0', zone = 'Z'] = found;
  const offset = /^(Z|UTC)$/i.test(zone)
    ? 'Z'
    : zone.length === 3
      ? `${zone}:00`
      : zone.replace(/^(...)(\d\d)$/, '$1:$2');
  return within(Date.parse(`${day}T${minute}${second}.${fraction.padEnd(3, '0')}${offset}`));
}

function fromNumber(number: number): number | null {
  if (number < MOST_SECONDS) return within(Math.round(number * 1000));
  return within(Math.floor(number < MOST_MILLISECONDS ? number : number / 1000));
}

function within(ms: number): number | null {
  return ms > 0 && ms <= LATEST_MS ? ms : null;
}

/** When MongoDB made an id: its first four bytes tell the second. */
export function timeOfObjectId(id: string | null): number | null {
  return id !== null && /^[0-9a-f]{24}$/i.test(id) ? within(Number.parseInt(id.slice(0, 8), 16) * 1000) : null;
}

/** Null: nothing was said. */
export function truthOf(value: unknown): boolean | null {
  const bare = plain(value);
  if (typeof bare === 'boolean') return bare;
  if (bare === null || bare === undefined || bare === '') return null;
  if (/^(1|t|true|yes|y)$/i.test(String(bare))) return true;
  return /^(0|f|false|no|n)$/i.test(String(bare)) ? false : null;
}

/** What most names and words are: nothing has to be taken out of them. */
const PLAIN_LINE = /^[!-~](?:[ -~]*[!-~])?$/;

/** One line without control characters, cut to the length of names; null: nothing is left. */
export function lineOf(value: unknown): string | null {
  const bare = plain(value);
  if (typeof bare !== 'string' && typeof bare !== 'number') return null;
  const text = String(bare);
  if (text.length <= MAX_LINE_LENGTH && PLAIN_LINE.test(text)) return text;
  const line = text
    .toWellFormed()
    .replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .trim();
  return line === '' ? null : firstCodePoints(line, MAX_LINE_LENGTH).trim();
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: taking them out is the point
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g;

/** A message's text as it may be kept, without the control characters that may not; '' where there is none. */
export function textOf(value: unknown): string {
  const bare = plain(value);
  const text = typeof bare === 'string' ? bare : typeof bare === 'number' ? String(bare) : '';
  const kept = contentProblem(text) === null ? text : text.toWellFormed().replaceAll(CONTROLS, '');
  return normaliseContent(kept);
}

/** In pieces of at most so many code points, so that nothing of a long text is lost. */
export function piecesOf(text: string, length: number): string[] {
  if (text.length <= length || codePointLength(text) <= length) return [text];
  const pieces: string[] = [];
  for (let rest = text; rest !== ''; ) {
    const piece = firstCodePoints(rest, length);
    rest = rest.slice(piece.length);
    if (piece.trim() !== '') pieces.push(piece.trim());
  }
  return pieces;
}

export function emailOf(value: unknown): string | null {
  const line = lineOf(value)?.toLowerCase() ?? '';
  return /^[^\s@]+@[^\s@]+$/.test(line) ? line : null;
}

export function httpsOf(value: unknown): string | null {
  const text = lineOf(value) ?? '';
  return /^https:\/\//i.test(text) && URL.canParse(text) ? text : null;
}
