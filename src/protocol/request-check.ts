import { type CommandType, commands, type Request, RequestId } from './commands.ts';
import { isObject } from './explain-value.ts';
import { misshapen, type Refusal } from './refusal.ts';
import { type Checked, compileCheck } from './validate.ts';

/** A request that may go on, or the refusal to answer with; `re` is the request's id, null when it cannot be read. */
export type CheckedRequest = { ok: true; request: Request } | { ok: false; re: number | null; refusal: Refusal };

// A Map, because the key comes from the other end: an object would answer to `constructor`.
const checks = new Map<string, (value: unknown) => Checked<Request>>(
  (Object.keys(commands) as CommandType[]).map((type) => [type, compileCheck(commands[type])]),
);
const isRequestId = compileCheck(RequestId);

/**
 * Judges the shape of one frame of a client.
 *
 * @param frame what JSON.parse gave, not nested too deep
 */
export function checkRequest(frame: unknown): CheckedRequest {
  if (!isObject(frame)) return refuse(null, misshapen('', 'must be an object'));
  const re = isRequestId(frame.id).ok ? (frame.id as number) : null;
  const { type } = frame;
  if (typeof type !== 'string') return refuse(re, misshapen('type', 'must be text'));
  const check = checks.get(type);
  if (check === undefined) return refuse(re, misshapen('type', 'is not a type of request', 'UNKNOWN_TYPE'));
  const checked = check(frame);
  return checked.ok ? { ok: true, request: checked.value } : refuse(re, misshapen(checked.path, checked.rule));
}

function refuse(re: number | null, refusal: Refusal): CheckedRequest {
  return { ok: false, re, refusal };
}
