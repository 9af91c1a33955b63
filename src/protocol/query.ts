import type { TProperties } from 'typebox';

/**
 * Reads a query string's texts as its schema means them: decimal digits as a whole number, `true` and `false` as such, a
 * property that may stand several times as a list. Whatever cannot be read so stays as it came, for the check to refuse.
 *
 * @param properties the properties of the query's schema
 * @param query texts by name; lists of texts where a name stood several times
 */
export function readQuery(properties: TProperties, query: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(query).map(([name, given]) => [
      name,
      Object.hasOwn(properties, name) ? read((properties[name] as { type?: string }).type, given) : given,
    ]),
  );
}

function read(type: string | undefined, given: unknown): unknown {
  if (type === 'array') return Array.isArray(given) ? given : [given];
  if (type === 'integer' && typeof given === 'string' && /^\d{1,16}$/.test(given)) return Number(given);
  if (type === 'boolean' && (given === 'true' || given === 'false')) return given === 'true';
  return given;
}
