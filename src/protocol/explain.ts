import { IsSchema, type TSchema } from 'typebox';
import { constantsOf, hasType, isObject, type Node, ofValue, oneOf, type Problem, words } from './explain-value.ts';
import { fieldAndRule } from './schema.ts';

const MAX_SHOWN_KEY_LENGTH = 60;

/**
 * Says the first rule that a value breaks, in words that name the field. TypeBox's own errors list every branch of a
 * union; here the branch that the value most looks like speaks alone.
 *
 * @param named the schemas that `$ref`s name
 * @returns null when no rule is broken
 */
export function explain(schema: TSchema, value: unknown, named: Record<string, TSchema>): Problem | null {
  return problemOf(schema as Node, value, '');

  function problemOf(schemaOrRef: Node, given: unknown, path: string): Problem | null {
    const node = target(schemaOrRef);
    if (node.anyOf !== undefined) return ofUnion(node.anyOf, given, path);
    return (
      ofValue(node, given, path) ??
      ofList(node, given, path) ??
      ofObject(node, given, path) ??
      ofRefinement(node, given, path)
    );
  }

  function target(node: Node): Node {
    if (node.$ref === undefined) return node;
    const found = named[node.$ref];
    if (!IsSchema(found)) throw new Error(`no schema is named ${node.$ref}`);
    return found as Node;
  }

  function ofList(node: Node, given: unknown, path: string): Problem | null {
    if (!Array.isArray(given)) return null;
    const { minItems = 0, maxItems = Number.POSITIVE_INFINITY, items } = node;
    if (given.length < minItems) return { path, rule: `must hold at least ${minItems}` };
    if (given.length > maxItems) return { path, rule: `must hold at most ${maxItems}` };
    if (items === undefined) return null;
    return first(given, (item, index) => problemOf(items, item, join(path, String(index))));
  }

  function ofObject(node: Node, given: unknown, path: string): Problem | null {
    if (!isObject(given)) return null;
    const keys = Object.keys(given);
    if (keys.length > (node.maxProperties ?? Number.POSITIVE_INFINITY)) {
      return { path, rule: `must hold at most ${node.maxProperties}` };
    }
    const properties = new Map(Object.entries(node.properties ?? {}));
    const patterns = Object.entries(node.patternProperties ?? {});
    const matching = (key: string) => patterns.filter(([pattern]) => new RegExp(pattern, 'u').test(key));
    const unknown = keys.find((key) => !properties.has(key) && matching(key).length === 0);
    if (unknown !== undefined && node.additionalProperties === false) {
      return { path: join(path, shown(unknown)), rule: 'is not known here' };
    }
    const missing = node.required?.find((key) => !Object.hasOwn(given, key));
    if (missing !== undefined) return { path: join(path, missing), rule: 'is required' };
    return first(keys, (key) => {
      const own = properties.get(key);
      const nodes = [...(own === undefined ? [] : [own]), ...matching(key).map(([, child]) => child)];
      return first(nodes, (child) => problemOf(child, given[key], join(path, shown(key))));
    });
  }

  function ofUnion(options: Node[], given: unknown, path: string): Problem | null {
    const branches = options.map(target);
    if (branches.some((branch) => problemOf(branch, given, path) === null)) return null;
    const [only, ...others] = branches.filter((branch) => hasType(branch, given));
    if (only !== undefined && others.length === 0 && constantsOf(only).length === 0) {
      return problemOf(only, given, path);
    }
    const shapes = branches.filter((branch) => branch.properties !== undefined);
    const problem = isObject(given) ? ofShapes(shapes, given, path) : null;
    return problem ?? { path, rule: `must be ${branches.map(words).join(' or ')}` };
  }

  function ofShapes(shapes: Node[], given: Record<string, unknown>, path: string): Problem | null {
    const missing = commonlyRequired(shapes).find((key) => !Object.hasOwn(given, key));
    if (missing !== undefined) return { path: join(path, missing), rule: 'is required' };
    const wrong = kindsOf(shapes).find(([key, allowed]) => !allowed.includes(given[key]));
    if (wrong !== undefined) return { path: join(path, wrong[0]), rule: `must be ${oneOf(wrong[1])}` };
    const fitting = shapes.filter((shape) =>
      kindsOf(shapes).every(([key]) => constantsOf(shape.properties?.[key]).includes(given[key])),
    );
    const [like] = fitting.toSorted((a, b) => likeness(b, given) - likeness(a, given));
    return like === undefined || likeness(like, given) === 0 ? null : problemOf(like, given, path);
  }
}

function ofRefinement(node: Node, given: unknown, path: string): Problem | null {
  const broken = node['~refine']?.find((refinement) => !refinement.check(given));
  if (broken === undefined) return null;
  const { field, rule } = fieldAndRule(broken.error(given));
  return { path: field === '' ? path : join(path, field), rule };
}

/** The properties by which shapes tell themselves apart, for which each names its values one by one, and all of those. */
function kindsOf(shapes: Node[]): [key: string, allowed: unknown[]][] {
  return commonlyRequired(shapes)
    .filter((key) => shapes.every((shape) => constantsOf(shape.properties?.[key]).length > 0))
    .map((key) => [key, [...new Set(shapes.flatMap((shape) => constantsOf(shape.properties?.[key])))]]);
}

/** The properties without which a value is none of the shapes. */
function commonlyRequired(shapes: Node[]): string[] {
  const [some, ...others] = shapes.map((shape) => shape.required ?? []);
  return (some ?? []).filter((key) => others.every((required) => required.includes(key)));
}

/** How many of the value's properties a shape knows. */
function likeness(shape: Node, given: Record<string, unknown>): number {
  return Object.keys(given).filter((key) => Object.hasOwn(shape.properties ?? {}, key)).length;
}

function first<T>(items: T[], find: (item: T, index: number) => Problem | null): Problem | null {
  for (const [index, item] of items.entries()) {
    const found = find(item, index);
    if (found !== null) return found;
  }
  return null;
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

/** A key that the other end chose, short enough to tell back. */
function shown(key: string): string {
  return key.length > MAX_SHOWN_KEY_LENGTH ? `${key.slice(0, MAX_SHOWN_KEY_LENGTH)}…` : key;
}
