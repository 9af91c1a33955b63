/** Curves over time as a small SVG, readable on a light page and on a dark one. */

export interface Curve {
  title: string;
  unit: string;
  /** One value for each time. */
  values: readonly number[];
}

const [WIDTH, HEIGHT, LEFT, TOP, GAP] = [720, 90, 60, 26, 34];
const number = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 3 });

/** Each curve in a strip of its own, from 0 up; `seconds` are the times of all. */
export function drawing(seconds: readonly number[], curves: readonly Curve[]): string {
  const end = seconds.at(-1) ?? 1;
  const height = curves.length * (HEIGHT + GAP) + TOP;
  const strips = curves.map((curve, place) => strip(curve, seconds, end, TOP + place * (HEIGHT + GAP)));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH + LEFT + 20} ${height}" role="img" aria-label="${curves.map(({ title }) => title).join(', ')}">`,
    '<style>text { font: 12px sans-serif; fill: #808890 } path { fill: none; stroke: #2f7de1; stroke-width: 1.5 }',
    'line { stroke: #808890; stroke-opacity: .4 }</style>',
    ...strips,
    '</svg>',
    '',
  ].join('\n');
}

function strip({ title, unit, values }: Curve, seconds: readonly number[], end: number, top: number): string {
  const most = Math.max(...values, Number.MIN_VALUE);
  const x = (at: number) => (LEFT + (at / end) * WIDTH).toFixed(1);
  const y = (value: number) => (top + HEIGHT - (value / most) * HEIGHT).toFixed(1);
  const path = values.map((value, place) => `${place === 0 ? 'M' : 'L'}${x(seconds[place] ?? 0)} ${y(value)}`).join('');
  const label = (value: number) =>
    `<text x="${LEFT - 6}" y="${y(value)}" text-anchor="end" dy="4">${number.format(value)}</text>`;
  return [
    `<text x="${LEFT}" y="${top - 8}">${title}, ${unit}</text>`,
    `<line x1="${LEFT}" x2="${LEFT + WIDTH}" y1="${y(0)}" y2="${y(0)}"/>`,
    `<text x="${LEFT + WIDTH}" y="${top + HEIGHT + 14}" text-anchor="end">${number.format(end / 60)} min</text>`,
    label(0),
    label(most),
    `<path d="${path}"/>`,
  ].join('\n');
}
