/** How much of each file was run, and what was not. */
import { type Code, codeOf } from './code.ts';
import { lines, parsed } from './parsed.ts';
import type { Ran } from './ran.ts';

export interface Share {
  run: number;
  of: number;
}

export interface FileReport {
  file: string;
  lines: Share;
  branches: Share;
  /** Lines on which statements begin, none of which was run. */
  missedLines: number[];
  /** Lines of the ways that were never taken. */
  missedBranches: number[];
}

export function reportOf(ran: Ran): FileReport[] {
  return Array.from(parsed(), ([file, source]) => {
    const bytes = ran.get(file);
    if (bytes !== undefined && bytes.length !== source.text.length) {
      throw new Error(`${file} has changed since its tests were run: run those that run it again`);
    }
    return fileReport(file, codeOf(source), lines(source.text), (at) => bytes?.[at] === 1);
  });
}

function fileReport(
  file: string,
  { statements, branches }: Code,
  lineOf: (at: number) => number,
  wasRun: (at: number) => boolean,
): FileReport {
  const byLine = new Map<number, boolean>();
  for (const at of statements) byLine.set(lineOf(at), byLine.get(lineOf(at)) === true || wasRun(at));
  const missedLines = Array.from(byLine).flatMap(([line, run]) => (run ? [] : [line]));
  const missedBranches = branches.filter((at) => !wasRun(at)).map(lineOf);
  return {
    file,
    lines: { run: byLine.size - missedLines.length, of: byLine.size },
    branches: { run: branches.length - missedBranches.length, of: branches.length },
    missedLines: missedLines.sort((a, b) => a - b),
    missedBranches,
  };
}

export function total(shares: readonly Share[]): Share {
  const sum = (value: (share: Share) => number) => shares.reduce((all, share) => all + value(share), 0);
  return { run: sum(({ run }) => run), of: sum(({ of }) => of) };
}

export function percent({ run, of }: Share): number {
  return of === 0 ? 100 : (run / of) * 100;
}

/** A table of the folders, and of the files with what was not run. */
export function reportText(reports: readonly FileReport[]): string {
  const folders = Map.groupBy(reports, ({ file }) => file.split('/').slice(0, 2).join('/'));
  const rows = Array.from(folders, ([folder, files]) => row(folder, files));
  const missed = reports
    .filter(({ missedLines, missedBranches }) => missedLines.length + missedBranches.length > 0)
    .map(({ file, missedLines, missedBranches }) =>
      [file, list('lines', stretches(missedLines)), list('branches on', missedBranches.map(String))].join(''),
    );
  return [...missed, '', ...rows, row('all', reports)].join('\n');
}

function row(name: string, files: readonly FileReport[]): string {
  const shares = [total(files.map((file) => file.lines)), total(files.map((file) => file.branches))];
  const [lineShare, branchShare] = shares.map((share) => {
    const { run, of } = share;
    return `${percent(share).toFixed(2).padStart(6)}% (${run} of ${of})`;
  });
  return `${name.padEnd(20)} lines ${lineShare}, branches ${branchShare}`;
}

function list(what: string, places: readonly string[]): string {
  return places.length === 0 ? '' : `; ${what} ${places.join(', ')}`;
}

/** 3, 5-7 */
function stretches(numbers: readonly number[]): string[] {
  const found: [number, number][] = [];
  for (const number of numbers) {
    const last = found.at(-1);
    if (last !== undefined && last[1] === number - 1) last[1] = number;
    else found.push([number, number]);
  }
  return found.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`));
}
