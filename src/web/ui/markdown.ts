/** Of the Markdown that models write a subset (bold, italic, code, lists, links) as elements; all else stays text. */
import { link, plainText } from './plain-text.ts';
import { MARKS } from './text-patterns.ts';

const ITEM = /^\s*(?:[-*•]|(\d{1,3})[.)])\s+(.*)$/;

function element<Tag extends keyof HTMLElementTagNameMap>(tag: Tag, ...children: (Node | string)[]) {
  const made = document.createElement(tag);
  made.append(...children);
  return made;
}

/** A line with its marks: bold, italic, code, links. */
function inline(line: string): Node[] {
  const nodes: Node[] = [];
  let text = line;
  for (let found = MARKS.exec(text); found; found = MARKS.exec(text)) {
    const [whole, code, bold, italic, label, address] = found;
    nodes.push(...plainText(text.slice(0, found.index)));
    if (code !== undefined) nodes.push(element('code', code));
    else if (bold !== undefined) nodes.push(element('strong', ...inline(bold)));
    else if (italic !== undefined) nodes.push(element('em', ...inline(italic)));
    else nodes.push(link(address as string, label as string));
    text = text.slice(found.index + whole.length);
  }
  return [...nodes, ...plainText(text)];
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
