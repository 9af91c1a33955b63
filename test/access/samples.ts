/**
 * Good values made from the schemas themselves, whole to the last optional property: what they hold is what a client
 * may say, and everything else is what the tests add.
 */
import type { TSchema } from 'typebox';
import { entitiesByName } from '../../src/protocol/entities.ts';
import type { Node } from '../../src/protocol/explain-value.ts';

/** One of these has the form that a schema asks of a text. */
const TEXTS = [
  '01890a5d-ac96-774b-bcce-b302099a8057',
  'Lamps',
  'ann@example.org',
  '2036-01-31T12:00:00.000Z',
  'https://example.org/a.png',
  'users',
  'a1'.repeat(32),
  'a long enough password',
  'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
  'BTBZMqHH6r4Tts7J_aSIgg',
  'Europe/Berlin',
  '2036-12-25',
  '00:00',
  '24:00',
  'user.block',
];

/** An object in a value, and the names that its schema knows there. */
export interface Place {
  /** `message`, `participants.0`; '' for the value itself. */
  path: string;
  object: Record<string, unknown>;
  known: Set<string>;
}

function nodeOf(schema: Node): Node {
  if (schema.$ref === undefined) return schema;
  return entitiesByName[schema.$ref] as Node;
}

/** A good value for each of the shapes that a schema allows. */
export function samplesOf(schema: TSchema): unknown[] {
  return shapesOf(schema as Node).map(sampleOf);
}

function shapesOf(schema: Node): Node[] {
  const node = nodeOf(schema);
  return node.anyOf === undefined ? [node] : node.anyOf.flatMap(shapesOf);
}

function sampleOf(schema: Node): unknown {
  const node = nodeOf(schema);
  if (node.anyOf !== undefined)
    return sampleOf(node.anyOf.find((one) => nodeOf(one).properties !== undefined) ?? (node.anyOf[0] as Node));
  if (node.const !== undefined) return node.const;
  if (node.enum !== undefined) return node.enum[0];
  switch (node.type) {
    case 'string':
      return textOf(node);
    case 'number':
    case 'integer':
      return Math.max(node.minimum ?? 0, 1);
    case 'boolean':
      return true;
    case 'array':
      return [sampleOf(node.items ?? {})];
    case 'object':
      return objectOf(node);
    case undefined:
      return true;
    default:
      throw new Error(`there is no sample of ${JSON.stringify(node)}`);
  }
}

function textOf(node: Node): string {
  const { pattern = '', minLength = 0, maxLength = Number.POSITIVE_INFINITY } = node;
  const fits = (text: string) =>
    text.length >= minLength &&
    text.length <= maxLength &&
    new RegExp(pattern, 'u').test(text) &&
    (node['~refine'] ?? []).every((rule) => rule.check(text));
  const found = TEXTS.find(fits);
  if (found === undefined) throw new Error(`no text fits ${pattern}`);
  return found;
}

/** With every property that can stand beside the others. */
function objectOf(node: Node): Record<string, unknown> {
  const { properties = {}, required = [], patternProperties = {} } = node;
  const whole = Object.fromEntries(Object.entries(properties).map(([name, property]) => [name, sampleOf(property)]));
  const [[pattern, value] = []] = Object.entries(patternProperties);
  if (pattern !== undefined && value !== undefined) whole[textOf({ pattern })] = sampleOf(value);
  const holds = (value: object) => (node['~refine'] ?? []).every((rule) => rule.check(value));
  const optional = Object.keys(properties).filter((name) => !required.includes(name));
  const fitting = [null, ...optional].map((name) => without(whole, name)).find(holds);
  if (fitting === undefined) throw new Error(`no sample obeys the rules of ${JSON.stringify(node)}`);
  return fitting;
}

function without(value: Record<string, unknown>, name: string | null): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([key]) => key !== name));
}

/** Every object in `value` that has its own list of names. */
export function placesIn(schema: TSchema, value: unknown): Place[] {
  return found(shapesOf(schema as Node), value, '');
}

function found(shapes: readonly Node[], value: unknown, path: string): Place[] {
  const under = (key: string) => (path === '' ? key : `${path}.${key}`);
  if (Array.isArray(value)) {
    const items = shapes.flatMap(({ items }) => (items === undefined ? [] : shapesOf(items)));
    return value.flatMap((item, index) => found(items, item, under(String(index))));
  }
  if (typeof value !== 'object' || value === null) return [];
  const object = value as Record<string, unknown>;
  const closed = shapes.filter(({ properties }) => properties !== undefined);
  const known = new Set(closed.flatMap(({ properties = {} }) => Object.keys(properties)));
  const own = closed.length > 0 ? [{ path, object, known }] : [];
  const inner = Object.entries(object).flatMap(([key, held]) => {
    const named = closed.flatMap(({ properties = {} }) =>
      properties[key] === undefined ? [] : shapesOf(properties[key]),
    );
    return found(named, held, under(key));
  });
  return [...own, ...inner];
}
