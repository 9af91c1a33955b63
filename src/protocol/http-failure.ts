import { type Static, Type } from 'typebox';
import { Failure } from './answers.ts';
import type { Refusal } from './refusal.ts';
import { answered } from './schema.ts';

/** An error as HTTP answers it. */
export const HttpFailure = answered(
  'HttpFailure',
  { statusCode: Type.Integer(), error: Type.String(), ...Failure.properties },
  'Why not. The code is for programs and stays; the message is for people. retryMs also comes as Retry-After.',
);
export type HttpFailure = Static<typeof HttpFailure>;

const statusTexts = new Map([
  [400, 'Bad Request'],
  [401, 'Unauthorized'],
  [403, 'Forbidden'],
  [404, 'Not Found'],
  [409, 'Conflict'],
  [413, 'Content Too Large'],
  [415, 'Unsupported Media Type'],
  [429, 'Too Many Requests'],
  [500, 'Internal Server Error'],
  [502, 'Bad Gateway'],
  [503, 'Service Unavailable'],
  [504, 'Gateway Timeout'],
  [507, 'Insufficient Storage'],
]);

/** A refusal as HTTP answers it. */
export function toHttpFailure(refusal: Refusal): HttpFailure {
  const { code, ...rest } = refusal.toFailure();
  return { statusCode: refusal.status, code, error: statusTexts.get(refusal.status) ?? 'Error', ...rest };
}

/** `Retry-After` of a refusal, in whole seconds; null when it has no time to wait. */
export function retryAfterSeconds(refusal: Refusal): number | null {
  return refusal.retryMs === undefined ? null : Math.max(1, Math.ceil(refusal.retryMs / 1000));
}
