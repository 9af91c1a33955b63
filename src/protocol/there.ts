/** What must be there by how the rest is made. */

/**
 * Gives the value, which is neither undefined nor null unless something else in Parley is wrong.
 *
 * @param fault the error's message where it is
 */
export function there<T>(value: T, fault: string): NonNullable<T> {
  if (value === undefined || value === null) throw new Error(fault);
  return value;
}
