/** A view's id in its parts: a tag may have any character in it. */
export function partsOf(view: string): [first: string, ...name: string[]] {
  const at = view.indexOf('/');
  return at < 0 ? [view] : [view.slice(0, at), view.slice(at + 1)];
}
