import type { Failure } from '../../protocol/answers.ts';
import type { Code } from '../../protocol/errors.ts';

/** The server's codes, and what only a client can say: no line, no answer in time, told to stop, taken back. */
export type ClientCode = Code | 'NETWORK' | 'TIMEOUT' | 'STOPPED' | 'DISCARDED' | 'BAD_ANSWER';

/**
 * Every refusal and failure of the SDK.
 *
 * After `NETWORK` and `TIMEOUT` it is unknown whether the server did what was asked; the outbox sends again with the same
 * id, which is always safe.
 *
 * @example
 * try {
 *   await client.edit(conversationId, messageId, 'better words');
 * } catch (error) {
 *   if (error instanceof ParleyError && error.code === 'EDIT_WINDOW') tell('Too late to change it.');
 * }
 */
export class ParleyError extends Error {
  override readonly name = 'ParleyError';
  readonly code: ClientCode;
  /** How long to wait before it may go better, in milliseconds, when the server said so. */
  readonly retryMs: number | undefined;
  readonly details: Record<string, unknown> | undefined;

  constructor(code: ClientCode, message: string = code, retryMs?: number, details?: Record<string, unknown>) {
    super(message);
    this.code = code;
    this.retryMs = retryMs;
    this.details = details;
  }
}

/** The server's refusal as an error. */
export function failed(failure: Failure): ParleyError {
  return new ParleyError(failure.code, failure.message, failure.retryMs, failure.details);
}

/** Anything thrown as a ParleyError; what is not one already is a trouble of the network. */
export function asParleyError(error: unknown): ParleyError {
  // By its name: a part that is loaded by itself has this class once more.
  return error instanceof Error && error.name === 'ParleyError'
    ? (error as ParleyError)
    : new ParleyError('NETWORK', error instanceof Error ? error.message : String(error));
}

/** Whether the token was refused, so that another one may help. */
export function isAboutToken(code: ClientCode): code is 'UNAUTHENTICATED' | 'TOKEN_EXPIRED' | 'MERGED' {
  return code === 'UNAUTHENTICATED' || code === 'TOKEN_EXPIRED' || code === 'MERGED';
}

/** What says "not now" rather than "not this": no line, no answer, or a server that has too much to do. */
export function isForLater(code: ClientCode): boolean {
  return /^(NETWORK|TIMEOUT|RATE_LIMITED|OVERLOADED|STORAGE_FULL|INTERNAL)$/.test(code);
}
