/** docs/performance.md: the part between the markers is generated, the rest is written by people. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Section, sectionText } from './table.ts';

const file = join(import.meta.dirname, '../docs/performance.md');
const BEGIN = '<!-- begin of what `npm run bench` writes -->';
const END = '<!-- end of what `npm run bench` writes -->';

export interface Run {
  sections: readonly Section[];
  machine: string;
  rounds: number;
  /** Of each load, in seconds. */
  seconds: number;
  date: Date;
}

/** The generated part. */
export function runText({ sections, machine, rounds, seconds, date }: Run): string {
  const medians = rounds === 1 ? 'One round' : `Medians of ${rounds} interleaved rounds`;
  const when = date.toISOString().slice(0, 10);
  const about = `${machine} ${medians}, ${seconds} s for each load, on ${when}.`;
  return [about, ...sections.map(sectionText)].join('\n\n');
}

/** Puts a run into the page, in place of the one before. */
export function writePage(text: string): void {
  const page = readFileSync(file, 'utf8');
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error('docs/performance.md has lost its markers');
  writeFileSync(file, `${page.slice(0, begin + BEGIN.length)}\n\n${text}\n\n${page.slice(end)}`);
}
