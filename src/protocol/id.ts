/** What an id looks like to the other end: a UUID of any version, in any case. */
export const ID_PATTERN = '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$';

const idExpression = new RegExp(ID_PATTERN);

/** Whether a value is an id: a UUID of any version, in any case. */
export function isId(value: unknown): value is string {
  return typeof value === 'string' && idExpression.test(value);
}

/**
 * An id as it is kept, compared and answered.
 *
 * @param id a valid id, in any case
 * @returns the same 128 bits in lower case
 */
export function normaliseId(id: string): string {
  return id.toLowerCase();
}
