import {
  type Static,
  type TObject,
  type TProperties,
  type TRefineAdd,
  type TSchema,
  type TUnsafe,
  Type,
} from 'typebox';

/**
 * A named shape that the server answers with. Its properties are open: within `parley.v1` answers may gain some, and
 * clients ignore those that they do not know.
 *
 * @param name the `$id`: the schema's name in the API's document and in every {@link ref} to it
 */
export function answered<P extends TProperties>(name: string, properties: P, description?: string): TObject<P> {
  return Type.Object(properties, { $id: name, ...(description === undefined ? {} : { description }) });
}

/** A shape that the server takes in: unknown properties are refused, not dropped. */
export function received<P extends TProperties>(properties: P, options: { $id?: string } = {}): TObject<P> {
  return Type.Object(properties, { ...options, additionalProperties: false });
}

/**
 * A reference to a named schema: the same static type, and a `$ref` in the API's document. Routes use it for bodies
 * and answers too: a schema with an `$id` that stands there itself would take the place of the shared one.
 */
export function ref<S extends TSchema>(schema: S): TUnsafe<Static<S>> {
  if (!('$id' in schema) || typeof schema.$id !== 'string') throw new Error('ref() needs a schema that has an $id');
  return Type.Unsafe<Static<S>>(Type.Ref(schema.$id));
}

/** The schema's value, or null. */
export function nullable<S extends TSchema>(schema: S) {
  return Type.Union([schema, Type.Null()]);
}

/**
 * Adds a rule over several fields to a shape; it is judged only when the shape itself holds.
 *
 * @param field the field that the answer names, relative to the shape; '' for the value itself
 * @param rule the rule, to follow the field's name: `is required where there is no attachment`
 */
export function withRule<S extends TSchema>(
  schema: S,
  field: string,
  rule: string,
  holds: (value: Static<S>) => boolean,
): TRefineAdd<S> {
  return Type.Refine<S, Static<S>>(schema, holds, () => `${field} ${rule}`);
}

/** Takes apart what {@link withRule} put together: a field's name holds no blank. */
export function fieldAndRule(text: string): { field: string; rule: string } {
  const blank = text.indexOf(' ');
  return { field: text.slice(0, blank), rule: text.slice(blank + 1) };
}
