/** A message's text as nodes. Text is only ever text: links are made of what is one, nothing is parsed as HTML. */

import { LINK } from './text-patterns.ts';

/** Where a link may lead. */
const SCHEMES = new Set(['http:', 'https:', 'mailto:']);

/** What stands behind an address and is not of it. */
const STOPS = '.,;:!?\'"…';

/** A link to an address that may be followed; else its label alone. */
export function link(address: string, label: string): Node {
  try {
    const { protocol, href } = new URL(address);
    if (SCHEMES.has(protocol)) {
      const made = document.createElement('a');
      made.append(label);
      return Object.assign(made, { href, target: '_blank', rel: 'noopener noreferrer nofollow ugc' });
    }
  } catch {
    // No address.
  }
  return document.createTextNode(label);
}

/** An address without the full stop or the bracket that follows it in a sentence. */
function withoutStops(found: string): string {
  let end = found.length;
  while (end > 0 && STOPS.includes(found[end - 1] as string)) end--;
  const hasOpened = found.includes('(');
  while (!hasOpened && end > 0 && found[end - 1] === ')') end--;
  return found.slice(0, end);
}

/** Text that somebody wrote, its addresses made links, lines kept (show it with `white-space: pre-wrap`). */
export function plainText(text: string): Node[] {
  const nodes: Node[] = [];
  let from = 0;
  for (const { 0: found, index } of text.matchAll(LINK)) {
    const address = withoutStops(found);
    const full = /^www\./i.test(address)
      ? `https://${address}`
      : /^https?:/i.test(address)
        ? address
        : `mailto:${address}`;
    nodes.push(document.createTextNode(text.slice(from, index)), link(full, address));
    from = index + address.length;
  }
  nodes.push(document.createTextNode(text.slice(from)));
  return nodes.filter((node) => node.textContent !== '');
}
