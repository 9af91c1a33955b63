/**
 * Gives an object of what the functions make, each made when it is first asked for and kept from then on: a server has
 * hundreds of statements, and a start should not wait for what nobody has asked yet. Whoever goes through all entries has
 * all of them made.
 */
export function lazily<M extends Record<string, () => unknown>>(
  makers: M,
): { readonly [N in keyof M]: ReturnType<M[N]> } {
  const made = {} as { readonly [N in keyof M]: ReturnType<M[N]> };
  for (const [name, make] of Object.entries(makers)) {
    let one: unknown;
    Object.defineProperty(made, name, {
      enumerable: true,
      get: () => {
        one ??= make();
        return one;
      },
    });
  }
  return made;
}
