/**
 * Mutants that change nothing that anybody could notice, each with why. They are drawn like the others, and counted apart.
 */
import type { Mutant } from './mutants.ts';

export interface Alike {
  file: string;
  /** The line as it stands, without what is around it. */
  line: string;
  /** What takes the place of a part of it. */
  text: string;
  why: string;
}

export const ALIKE: readonly Alike[] = [];

export function isAlike(alike: Alike, { file, from, text }: Mutant, source: string): boolean {
  const begin = source.lastIndexOf('\n', from) + 1;
  const end = source.indexOf('\n', from);
  const line = source.slice(begin, end < 0 ? source.length : end).trim();
  return alike.file === file && alike.line === line && alike.text === text;
}

/** Why a mutant changes nothing; undefined where it does. */
export function reasonOf(mutant: Mutant, source: string): string | undefined {
  return ALIKE.find((alike) => isAlike(alike, mutant, source))?.why;
}
