import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { entitiesByName } from '../../src/protocol/entities.ts';

const closedEntities = closeProperties(entitiesByName) as Record<string, TSchema>;

/**
 * Judges an answer more strictly than clients may: a property that its shape does not name is a leak or a typing error.
 *
 * @returns null when it conforms, else the first places where it does not
 */
export function conforms(schema: TSchema, value: unknown): string | null {
  const errors = Compile(closedEntities, closeProperties(schema) as TSchema).Errors(value);
  if (errors.length === 0) return null;
  return errors.map(({ instancePath, message }) => `${instancePath} ${message}`).join('; ');
}

/** The same schemas, every object among them refusing properties that it does not name. */
export function closeProperties(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(closeProperties);
  if (typeof node !== 'object' || node === null) return node;
  const closed = Object.fromEntries(Object.entries(node).map(([key, child]) => [key, closeProperties(child)]));
  return 'properties' in closed && closed.type === 'object' ? { ...closed, additionalProperties: false } : closed;
}
