import type { Failure } from './answers.ts';
import { type Code, errors, type ShapeCode } from './errors.ts';

/** What a refusal may add to its code. */
export type RefusalOptions = {
  /** What a person reads; the code's own text when absent. */
  message?: string;
  /** What a program may want to know: `{ path, rule }`, `{ seq }`. */
  details?: Record<string, unknown>;
  /** When trying again may help, in milliseconds. */
  retryMs?: number;
};

/** The one error that is an answer: thrown anywhere, told to the caller by every door in the same words. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: Code;
  readonly status: number;
  readonly details: Record<string, unknown> | undefined;
  readonly retryMs: number | undefined;

  constructor(code: Code, options: RefusalOptions = {}) {
    super(options.message ?? errors[code].message);
    this.code = code;
    this.status = errors[code].status;
    this.details = options.details;
    this.retryMs = options.retryMs;
  }

  /** The refusal as clients get it. */
  toFailure(): Failure {
    return {
      code: this.code,
      message: this.message,
      ...(this.retryMs === undefined ? {} : { retryMs: this.retryMs }),
      ...(this.details === undefined ? {} : { details: this.details }),
    };
  }
}

/**
 * The refusal of something that does not have the expected shape.
 *
 * @param path the field, such as `message.content`; '' for the whole
 * @param rule what it breaks, to follow the field's name: `is required`
 */
export function misshapen(path: string, rule: string, code: ShapeCode = 'VALIDATION'): Refusal {
  return new Refusal(code, { message: `${path === '' ? 'This' : path} ${rule}.`, details: { path, rule } });
}
