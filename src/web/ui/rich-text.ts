/**
 * A message's text as nodes. Text is only ever text: links are made of what is one, and of the Markdown that models write
 * a subset (bold, italic, code, lists, links) becomes elements. Nothing is parsed as HTML.
 */

import { LINK, MARKS } from './text-patterns.ts';

/** Where a link may lead. */
const SCHEMES = new Set(['http:', 'https:', 'mailto:']);

/** What stands behind an address and is not of it. */
const STOPS = '.,;:!?\'"…';
const ITEM = /^\s*(?:[-*•]|(\d{1,3})[.)])\s+(.*)$/;

function element<Tag extends keyof HTMLElementTagNameMap>(tag: Tag, ...children: (Node | string)[]) {
  const made = document.createElement(tag);
  made.append(...children);
  return made;
}

/** A link to an address that may be followed; else its text alone. */
function link(address: string, ...children: (Node | string)[]): Node[] {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    return [
      document.createTextNode(
        children.map((child) => (typeof child === 'string' ? child : child.textContent)).join(''),
      ),
    ];
  }
  if (!SCHEMES.has(url.protocol)) return link('', ...children);
  const made = element('a', ...children);
  made.href = url.href;
  made.target = '_blank';
  made.rel = 'noopener noreferrer nofollow ugc';
  return [made];
}

/** An address without the full stop or the bracket that follows it in a sentence. */
function withoutStops(found: string): string {
  let end = found.length;
  while (end > 0 && STOPS.includes(found[end - 1] as string)) end--;
  const hasOpened = found.includes('(');
  while (!hasOpened && end > 0 && found[end - 1] === ')') end--;
  return found.slice(0, end);
}

/** A plain text with its addresses made links. */
function withLinks(text: string): Node[] {
  const nodes: Node[] = [];
  let from = 0;
  for (const { 0: found, index } of text.matchAll(LINK)) {
    const address = withoutStops(found);
    const full = /^www\./i.test(address)
      ? `https://${address}`
      : /^https?:/i.test(address)
        ? address
        : `mailto:${address}`;
    nodes.push(document.createTextNode(text.slice(from, index)), ...link(full, address));
    from = index + address.length;
  }
  nodes.push(document.createTextNode(text.slice(from)));
  return nodes.filter((node) => node.textContent !== '');
}

/** A line with its marks: bold, italic, code, links. */
function inline(line: string): Node[] {
  const nodes: Node[] = [];
  let text = line;
  for (let found = MARKS.exec(text); found; found = MARKS.exec(text)) {
    const [whole, code, bold, italic, label, address] = found;
    nodes.push(...withLinks(text.slice(0, found.index)));
    if (code !== undefined) nodes.push(element('code', code));
    else if (bold !== undefined) nodes.push(element('strong', ...inline(bold)));
    else if (italic !== undefined) nodes.push(element('em', ...inline(italic)));
    else nodes.push(...link(address as string, label as string));
    text = text.slice(found.index + whole.length);
  }
  return [...nodes, ...withLinks(text)];
}

/** Text that somebody wrote, lines kept (show it with `white-space: pre-wrap`). */
export function plainText(text: string): Node[] {
  return withLinks(text);
}

/** Text that a model wrote, in the subset of Markdown. Half of a mark, as while it streams, is shown as it stands. */
export function markdown(text: string): Node[] {
  const nodes: Node[] = [];
  const paragraph: Node[] = [];
  const end = () => {
    if (paragraph.length) nodes.push(element('p', ...paragraph.splice(0)));
  };
  const lines = text.split('\n');
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] as string;
    const item = ITEM.exec(line);
    if (/^\s*```/.test(line)) {
      end();
      const block: string[] = [];
      while (++at < lines.length && !/^\s*```\s*$/.test(lines[at] as string)) block.push(lines[at] as string);
      nodes.push(element('pre', element('code', block.join('\n'))));
    } else if (item) {
      end();
      const tag = item[1] === undefined ? 'ul' : 'ol';
      let list = nodes.at(-1);
      if (!(list instanceof HTMLElement) || list.localName !== tag) {
        list = element(tag);
        if (item[1] !== undefined) (list as HTMLOListElement).start = Number(item[1]);
        nodes.push(list);
      }
      list.appendChild(element('li', ...inline(item[2] as string)));
    } else if (line.trim() === '') end();
    else {
      if (paragraph.length) paragraph.push(element('br'));
      const heading = /^#{1,6}\s+(.*)$/.exec(line);
      paragraph.push(...(heading ? [element('strong', ...inline(heading[1] as string))] : inline(line)));
    }
  }
  end();
  return nodes;
}

const EMOJI =
  /^\s*(?:(?:\p{Regional_Indicator}{2}|(?![\d#*])\p{Emoji}(?:\p{EMod}|\uFE0F)?(?:\u200D\p{Emoji}(?:\p{EMod}|\uFE0F)?)*|[\d#*]\uFE0F?\u20E3)\s*){1,3}$/u;

/** Whether it is one to three emoji and nothing else. */
export function isEmojiAlone(text: string): boolean {
  return text.length <= 60 && EMOJI.test(text);
}
