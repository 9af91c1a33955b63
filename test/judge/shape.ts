import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { entitiesByName } from '../../src/protocol/entities.ts';
import { closeProperties } from '../protocol/conforms.ts';

const closedEntities = closeProperties(entitiesByName) as Record<string, TSchema>;
const compiled = new Map<string, ReturnType<typeof Compile>>();

/**
 * Judges as `conforms` does, and remembers the compiled schema by its name.
 *
 * @returns null when the value has the shape, else where it does not
 */
export function shapeProblem(name: string, schema: () => TSchema, value: unknown): string | null {
  let validator = compiled.get(name);
  if (validator === undefined) {
    validator = Compile(closedEntities, closeProperties(schema()) as TSchema);
    compiled.set(name, validator);
  }
  if (validator.Check(value)) return null;
  const places = validator.Errors(value).map(({ instancePath, message }) => `${instancePath} ${message}`);
  return `${name}: ${places.join('; ')} in ${JSON.stringify(value).slice(0, 2000)}`;
}
