import type { Static, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { entitiesByName } from './entities.ts';
import { explain } from './explain.ts';

/** A value that has its shape, or the field and the rule that it breaks: `message.content`, `is required`. */
export type Checked<T> = { ok: true; value: T } | { ok: false; path: string; rule: string };

/**
 * Compiles a schema once, for every door: strict, nothing coerced, nothing dropped. `$ref`s mean the named schemas of
 * this folder. The first value has it compiled: there are hundreds of schemas, and a start should not wait for all.
 *
 * @returns a function that judges one value and gives it back as it came
 */
export function compileCheck<S extends TSchema>(schema: S): (value: unknown) => Checked<Static<S>> {
  let compiled: { Check: (value: unknown) => boolean } | undefined;
  return (value) => {
    compiled ??= Compile(entitiesByName, schema);
    if (compiled.Check(value)) return { ok: true, value: value as Static<S> };
    const problem = explain(schema, value, entitiesByName) ?? { path: '', rule: 'does not have the expected shape' };
    return { ok: false, ...problem };
  };
}
