import type { Static, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { entitiesByName } from './entities.ts';
import { explain } from './explain.ts';

/** A value that has its shape, or the field and the rule that it breaks: `message.content`, `is required`. */
export type Checked<T> = { ok: true; value: T } | { ok: false; path: string; rule: string };

/**
 * Compiles a schema once, for every door: strict, nothing coerced, nothing dropped. `$ref`s mean the named schemas of
 * this folder.
 *
 * @returns a function that judges one value and gives it back as it came
 */
export function compileCheck<S extends TSchema>(schema: S): (value: unknown) => Checked<Static<S>> {
  const validator = Compile(entitiesByName, schema);
  return (value) => {
    if (validator.Check(value)) return { ok: true, value: value as Static<S> };
    const problem = explain(schema, value, entitiesByName) ?? { path: '', rule: 'does not have the expected shape' };
    return { ok: false, ...problem };
  };
}
