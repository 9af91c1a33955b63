/** What came of an import: what is there now, and what was left out and why. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { StartError } from '../../db/start-error.ts';

export interface Outcome {
  users: number;
  conversations: number;
  messages: number;
  /** Messages that were brought in before. */
  already: number;
  skipped: number;
  /** Where a reason is met often, its first places. */
  reasons: { reason: string; count: number; places: string[] }[];
}

const PLACES_TOLD = 10;
/** A reason that quotes the file would be another for each line. */
const MAX_REASONS = 100;

export class Outcomes {
  users = 0;
  conversations = 0;
  messages = 0;
  already = 0;
  private skipped = 0;
  private readonly reasons = new Map<string, { count: number; places: string[] }>();
  private readonly report: number | null;

  /** @param report a file that every place is written to, a line of JSON each */
  constructor(report: string | null = null) {
    try {
      this.report = report === null ? null : openSync(report, 'w', 0o600);
    } catch (error) {
      throw new StartError(`${report} cannot be written (${(error as Error).message}).`, { cause: error });
    }
  }

  skip(file: string, line: number, reason: string): void {
    this.skipped += 1;
    if (this.report !== null) writeSync(this.report, `${JSON.stringify({ file, line, reason })}\n`);
    const name = this.reasons.has(reason) || this.reasons.size < MAX_REASONS ? reason : 'something else';
    const known = this.reasons.get(name) ?? { count: 0, places: [] };
    known.count += 1;
    if (known.places.length < PLACES_TOLD) known.places.push(`${file}:${line}`);
    this.reasons.set(name, known);
  }

  told(): Outcome {
    const { users, conversations, messages, already, skipped } = this;
    const reasons = [...this.reasons].map(([reason, rest]) => ({ reason, ...rest }));
    return { users, conversations, messages, already, skipped, reasons };
  }

  close(): void {
    if (this.report !== null) closeSync(this.report);
  }
}
