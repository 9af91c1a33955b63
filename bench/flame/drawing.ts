/** Where the time goes, as a flame graph: what is wide took long, what stands on something was called by it. */
import type { Tower } from './profile.ts';

const [WIDTH, ROW, TOP] = [1200, 17, 24];
/** Shares of all below which nothing is drawn, and levels above which nothing is. */
const THIN = 0.003;
const LEVELS = 26;
/** Of a letter, roughly. */
const LETTER = 6.1;

/** By which part of the house something is of. */
const COLOURS: readonly [RegExp, string][] = [
  [/^(db|SQLite|better-sqlite3|drizzle)/, '#8fb8de'],
  [/^chat/, '#f2c078'],
  [/^(ws\/|hub)/, '#f4a582'],
  [/^(write|the runtime|collecting)/, '#b8b8b8'],
  [/^protocol|^typebox/, '#c5e0a5'],
];
const OTHER = '#e3ded5';

/** @param title what is told above it */
export function flameGraph(tower: Tower, title: string): string {
  const boxes: string[] = [];
  let levels = 0;
  const draw = (of: Tower, from: number, level: number): void => {
    levels = Math.max(levels, level);
    boxes.push(box(of, from, level, tower.us));
    let x = from;
    for (const over of [...of.over.values()].sort((a, b) => b.us - a.us)) {
      if (over.us / tower.us >= THIN && level < LEVELS) draw(over, x, level + 1);
      x += over.us;
    }
  };
  draw(tower, 0, 0);
  const height = TOP + (levels + 1) * ROW + 4;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escaped(title)}">`,
    '<style>text{font:10.5px sans-serif;fill:#222}rect{stroke:#fff;stroke-width:.5}.t{font-size:13px;fill:#808890}</style>',
    `<text class="t" x="2" y="15">${escaped(title)}</text>`,
    ...boxes,
    '</svg>',
    '',
  ].join('\n');
}

function box({ name, us }: Tower, from: number, level: number, all: number): string {
  const x = (from / all) * WIDTH;
  const width = (us / all) * WIDTH;
  const y = TOP + level * ROW;
  const letters = Math.floor((width - 4) / LETTER);
  // The function alone, where the file has no room beside it.
  const fits = [name, name.replace(/^.* /, '')].find((text) => text.length <= letters);
  const label = fits ?? (letters > 4 ? `${name.slice(0, letters - 1)}…` : '');
  const colour = COLOURS.find(([pattern]) => pattern.test(name))?.[1] ?? OTHER;
  return [
    `<rect x="${x.toFixed(1)}" y="${y}" width="${width.toFixed(1)}" height="${ROW}" fill="${colour}">`,
    `<title>${escaped(name)}: ${((us / all) * 100).toFixed(1)}%</title></rect>`,
    label === '' ? '' : `<text x="${(x + 3).toFixed(1)}" y="${y + 12}">${escaped(label)}</text>`,
  ].join('');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
