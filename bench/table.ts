/** What a measurement tells: tables, as people read them. */

export interface Table {
  head: readonly string[];
  rows: readonly (readonly string[])[];
}

export interface Section {
  title: string;
  /** What was done, in a paragraph. */
  about: string;
  tables: readonly Table[];
  /** What belongs beside the figures. */
  notes: readonly string[];
  /** Drawn beside it, in docs/pictures: the notes show them. */
  pictures?: readonly { name: string; svg: string }[];
}

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** 27,844 */
export function count(value: number): string {
  return whole.format(value);
}

/** Three digits that matter, from microseconds to seconds. */
export function ms(value: number): string {
  const digits = value < 10 ? 2 : value < 100 ? 1 : 0;
  return `${value.toFixed(digits)} ms`;
}

/** A share of something: 41%. */
export function percent(ratio: number): string {
  return `${(ratio * 100).toFixed(ratio < 0.1 ? 1 : 0)}%`;
}

/** 1.32× */
export function times(ratio: number): string {
  return `${ratio.toFixed(2)}×`;
}

/** Kibibytes, of bytes. */
export function kib(bytes: number): string {
  return `${(bytes / 1024).toFixed(1)} KiB`;
}

/** Mebibytes, of bytes. */
export function mib(bytes: number): string {
  return `${(bytes / 1024 ** 2).toFixed(1)} MiB`;
}

function markdown({ head, rows }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, place) => (place === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}

export function sectionText({ title, about, tables, notes }: Section): string {
  return [`### ${title}`, about, ...tables.map(markdown), ...notes].join('\n\n');
}
