import { MAX_LINE_LENGTH } from './limits.ts';

/**
 * What a name, title, subject, tag or externalId looks like: one line, 1 to `max` code points, no control characters,
 * no lone surrogates. For expressions with the flag `u`.
 */
export function linePattern(max: number): string {
  return `^[^\\u0000-\\u001f\\u007f-\\u009f\\ud800-\\udfff]{1,${max}}$`;
}

/** The rule that {@link linePattern} says, to follow the words "must be". */
export function lineRule(max: number): string {
  return `text of 1 to ${max} characters without control characters`;
}

const lineExpression = new RegExp(linePattern(MAX_LINE_LENGTH), 'u');

/** Whether a value is a line of 1 to 200 code points: what every name, subject, `sub` and externalId must be. */
export function isLine(value: unknown): value is string {
  return typeof value === 'string' && lineExpression.test(value);
}
