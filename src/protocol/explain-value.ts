import { codePointLength } from './code-points.ts';

/** What is wrong with a value: the field (`message.attachments.2`; '' for the whole) and the rule that it breaks. */
export type Problem = { path: string; rule: string };

/** The parts of JSON Schema that this folder uses. Validating itself is TypeBox's: here are only the words. */
export type Node = {
  $ref?: string;
  anyOf?: Node[];
  const?: unknown;
  enum?: unknown[];
  type?: string;
  description?: string;
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  items?: Node;
  minItems?: number;
  maxItems?: number;
  properties?: Record<string, Node>;
  patternProperties?: Record<string, Node>;
  required?: string[];
  additionalProperties?: boolean;
  maxProperties?: number;
  '~refine'?: { check(value: unknown): boolean; error(value: unknown): string }[];
};

const typeWords = new Map([
  ['string', 'text'],
  ['integer', 'a whole number'],
  ['number', 'a number'],
  ['boolean', 'true or false'],
  ['null', 'null'],
  ['array', 'a list'],
  ['object', 'an object'],
]);

/** The rule that a value breaks by itself, whatever it holds; null when none. */
export function ofValue(node: Node, given: unknown, path: string): Problem | null {
  return (
    ofConstant(node, given, path) ??
    ofType(node, given, path) ??
    ofText(node, given, path) ??
    ofNumber(node, given, path)
  );
}

function ofConstant(node: Node, given: unknown, path: string): Problem | null {
  const allowed = constantsOf(node);
  return allowed.length === 0 || allowed.includes(given) ? null : { path, rule: `must be ${oneOf(allowed)}` };
}

function ofType(node: Node, given: unknown, path: string): Problem | null {
  return hasType(node, given) ? null : { path, rule: `must be ${words(node)}` };
}

function ofText(node: Node, given: unknown, path: string): Problem | null {
  if (typeof given !== 'string') return null;
  const { minLength = 0, maxLength = Number.POSITIVE_INFINITY, pattern } = node;
  const length = codePointLength(given);
  if (length < minLength)
    return { path, rule: minLength === 1 ? 'must not be empty' : `must be at least ${minLength} characters` };
  if (length > maxLength) return { path, rule: `must be at most ${maxLength} characters` };
  if (pattern === undefined || new RegExp(pattern, 'u').test(given)) return null;
  return { path, rule: `must be ${words(node)}` };
}

function ofNumber(node: Node, given: unknown, path: string): Problem | null {
  if (typeof given !== 'number') return null;
  const { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY } = node;
  if (given < minimum) return { path, rule: `must be at least ${minimum}` };
  if (given > maximum) return { path, rule: `must be at most ${maximum}` };
  return null;
}

/** Whether a value is of the schema's type. */
export function hasType(node: Node, given: unknown): boolean {
  switch (node.type) {
    case undefined:
      return true;
    case 'integer':
      return Number.isInteger(given);
    case 'number':
      return Number.isFinite(given);
    case 'null':
      return given === null;
    case 'array':
      return Array.isArray(given);
    case 'object':
      return isObject(given);
    default:
      return typeof given === node.type;
  }
}

/** A schema in words that follow "must be". */
export function words(node: Node): string {
  const allowed = constantsOf(node);
  if (allowed.length > 0) return oneOf(allowed);
  if (node.properties !== undefined)
    return `an object with ${Object.keys(node.properties).join(', ') || 'nothing in it'}`;
  if (node.pattern !== undefined && node.description !== undefined) return node.description;
  return typeWords.get(node.type ?? '') ?? 'something else';
}

/** Values in words: `one of "open", "closed"`. */
export function oneOf(allowed: unknown[]): string {
  const texts = allowed.map((value) => JSON.stringify(value));
  return texts.length === 1 ? `${texts[0]}` : `one of ${texts.join(', ')}`;
}

/** The values that a schema names one by one; none when it does not. */
export function constantsOf(node: Node | undefined): unknown[] {
  if (node?.enum !== undefined) return node.enum;
  return node !== undefined && 'const' in node ? [node.const] : [];
}

/** Whether a value is an object, and no list. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
