/** One question at a door, and what came of it in one word: the words of the tables. */
import type { Body } from '../helper.ts';
import type { TestLine } from '../line.ts';

/** The codes that the tables speak of. */
const STATUS = new Map([
  ['VALIDATION', '400'],
  ['UNAUTHENTICATED', '401'],
  ['TOKEN_EXPIRED', '401'],
  ['MERGED', '401'],
  ['FORBIDDEN', '403'],
  ['BLOCKED', 'blocked'],
  ['NOT_FOUND', '404'],
  ['ALREADY_CLAIMED', '409'],
  ['IN_USE', '409'],
]);

export interface Asked {
  /** `ok`, `blocked`, the status of a code of the tables, or another code itself. */
  outcome: string;
  /** The answer as it came over the wire; of a frame without `re`. */
  text: string;
}

/**
 * @param token undefined: without a credential
 * @param body text and forms go as they are
 */
export async function askHttp(
  url: string,
  token: string | undefined,
  method: string,
  path: string,
  body?: unknown,
): Promise<Asked & { status: number; code: string | null }> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined || body instanceof FormData ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: asIs(body) ? body : JSON.stringify(body) }),
  });
  const { status } = response;
  // A stream that opened would never end.
  const stream = response.headers.get('content-type')?.startsWith('text/event-stream') === true;
  const text = stream ? '' : await response.text();
  if (stream) await response.body?.cancel();
  const code = status < 300 || text === '' ? null : (JSON.parse(text) as Body).code;
  return { outcome: outcomeOf(status < 300 ? null : (code ?? codeOf(status))), text, status, code };
}

const asIs = (body: unknown) => typeof body === 'string' || body instanceof FormData;

export async function askLine(line: TestLine, frame: object): Promise<Asked & { code: string | null }> {
  const { re: _, ...answer } = await line.call(frame);
  const code = answer.type === 'error' ? answer.code : null;
  return { outcome: outcomeOf(code), text: JSON.stringify(answer), code };
}

function outcomeOf(code: string | null): string {
  return code === null ? 'ok' : (STATUS.get(code) ?? code);
}

/** HEAD has no body to name the code. */
function codeOf(status: number): string {
  return [...STATUS].find(([, known]) => known === String(status))?.[0] ?? String(status);
}
