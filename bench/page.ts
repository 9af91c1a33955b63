/** docs/performance.md: the part between the markers is generated, the rest is written by people. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Section, sectionText } from './table.ts';

const docs = join(import.meta.dirname, '../docs');
const file = join(docs, 'performance.md');
const BEGIN = '<!-- begin of what `npm run bench` writes -->';
const END = '<!-- end of what `npm run bench` writes -->';
const HEADING = '### ';

export interface Run {
  sections: readonly Section[];
  machine: string;
  rounds: number;
  /** Of each load, in seconds. */
  seconds: number;
  date: Date;
}

/** What was measured, each section with how and when: parts may be measured on different days. */
function sectionsOf({ sections, rounds, seconds, date }: Run): Map<string, string> {
  const medians = rounds === 1 ? 'One round' : `Medians of ${rounds} interleaved rounds`;
  const when = `_${medians}, ${seconds} s for each load, on ${date.toISOString().slice(0, 10)}._`;
  return new Map(sections.map((section) => [`${HEADING}${section.title}`, `${sectionText(section)}\n\n${when}`]));
}

function textOf(machine: string, sections: ReadonlyMap<string, string>): string {
  return [machine, ...sections.values()].join('\n\n');
}

/** A run as it is printed. */
export function runText(run: Run): string {
  return textOf(run.machine, sectionsOf(run));
}

/** Puts a run into the page: each of its sections in place of the one of the same title, the others stay as they are. */
export function writePage(run: Run): void {
  const page = readFileSync(file, 'utf8');
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error('docs/performance.md has lost its markers');
  const [, ...before] = page.slice(begin + BEGIN.length, end).split(`\n${HEADING}`);
  const sections = new Map(before.map((text) => [`${HEADING}${text.split('\n', 1)[0]}`, `${HEADING}${text.trim()}`]));
  for (const [heading, text] of sectionsOf(run)) sections.set(heading, text);
  const text = textOf(run.machine, sections);
  for (const { name, svg } of run.sections.flatMap(({ pictures = [] }) => pictures)) {
    writeFileSync(join(docs, 'pictures', name), svg);
  }
  writeFileSync(file, `${page.slice(0, begin + BEGIN.length)}\n\n${text}\n\n${page.slice(end)}`);
}
