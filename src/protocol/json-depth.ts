/**
 * Whether a parsed JSON value nests deeper than allowed. It keeps its own stack: a frame of brackets alone nests deep
 * enough to overflow the engine's in any function that calls itself.
 *
 * @param value what JSON.parse gave
 * @param max the depth that is still good; a number is 0 deep, `{}` and `[]` are 1, `[[]]` is 2
 */
export function tooDeep(value: unknown, max: number): boolean {
  if (!isNested(value)) return false;
  const waiting: { node: object; depth: number }[] = [{ node: value, depth: 1 }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next.depth > max) return true;
    for (const child of Object.values(next.node)) {
      if (isNested(child)) waiting.push({ node: child, depth: next.depth + 1 });
    }
  }
  return false;
}

function isNested(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
