/** One frame as it came in: text → JSON → not too deep → a request of a known shape. */
import type { Request } from '../protocol/commands.ts';
import { tooDeep } from '../protocol/json-depth.ts';
import { MAX_JSON_DEPTH } from '../protocol/limits.ts';
import { misshapen, type Refusal } from '../protocol/refusal.ts';
import { checkRequest } from '../protocol/request-check.ts';

/** `re` is null when the frame's id could not be read. */
export type ReadFrame = { ok: true; request: Request } | { ok: false; re: number | null; refusal: Refusal };

export function readFrame(data: Buffer, binary: boolean): ReadFrame {
  if (binary) return { ok: false, re: null, refusal: misshapen('', 'must be a text frame', 'BAD_JSON') };
  let frame: unknown;
  try {
    frame = JSON.parse(data.toString());
  } catch {
    return { ok: false, re: null, refusal: misshapen('', 'must be JSON', 'BAD_JSON') };
  }
  if (tooDeep(frame, MAX_JSON_DEPTH)) {
    const { re } = idOf(frame);
    return { ok: false, re, refusal: misshapen('', `must not nest deeper than ${MAX_JSON_DEPTH}`) };
  }
  return checkRequest(frame);
}

/** The id of a frame whose shape is not to be looked at. */
function idOf(frame: unknown): { re: number | null } {
  const id = (frame as { id?: unknown } | null)?.id;
  return { re: typeof id === 'number' && Number.isSafeInteger(id) ? id : null };
}
