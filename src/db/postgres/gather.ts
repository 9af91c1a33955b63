/**
 * Questions that are asked in one turn of the loop go out together: of one statement as one, whose answers are then dealt
 * out; of several at once, in one write. What is asked twice is asked once.
 */
import type { Line, Statement, Values } from './statement.ts';
import { asRefusal } from './unreachable.ts';

interface Asked {
  values: Values;
  waiting: { resolve: (rows: unknown[][]) => void; reject: (error: unknown) => void }[];
}

/** Lends a line for what it is asked, until `use` is done. */
export type Lend = (use: (line: Line) => Promise<void>) => Promise<void>;

export class Gathering {
  private due = new Map<Statement, Map<unknown, Asked>>();
  private readonly lend: Lend;
  private readonly inRounds: boolean;
  private underWay = false;

  /**
   * @param inRounds what is asked while answers are awaited waits until all of them are there: over one connection it is
   *   answered no later by that, and what the answers lead to is asked together, in however many pieces they came
   */
  constructor(lend: Lend, inRounds = false) {
    this.lend = lend;
    this.inRounds = inRounds;
  }

  /** Rows as the driver gives them. They may be another's as well: they are to be read only. */
  ask(statement: Statement, values: Values): Promise<unknown[][]> {
    if (this.due.size === 0 && !this.underWay) this.sendSoon();
    const asked = this.due.get(statement) ?? new Map<unknown, Asked>();
    this.due.set(statement, asked);
    const key = values.length === 1 ? values[0] : JSON.stringify(values);
    const same: Asked = asked.get(key) ?? { values, waiting: [] };
    asked.set(key, same);
    return new Promise((resolve, reject) => same.waiting.push({ resolve, reject }));
  }

  private sendSoon(): void {
    setImmediate(() => void this.send());
  }

  private async send(): Promise<void> {
    const { due } = this;
    this.due = new Map();
    this.underWay = this.inRounds;
    const each = <T>(use: (statement: Statement, asked: Asked[]) => T): T[] =>
      Array.from(due, ([statement, asked]) => use(statement, [...asked.values()]));
    try {
      await this.lend(async (line) => {
        await Promise.all(each((statement, asked) => answer(line, statement, asked)));
      });
    } catch (error) {
      each((_, asked) => fail(asked, error));
    }
    if (this.inRounds) {
      this.underWay = false;
      if (this.due.size > 0) this.sendSoon();
    }
  }
}

/** A statement that fails is the trouble of those who asked it. */
async function answer(line: Line, statement: Statement, asked: readonly Asked[]): Promise<void> {
  try {
    const answers = await statement.answers(
      line,
      asked.map(({ values }) => values),
    );
    for (const [index, { waiting }] of asked.entries()) {
      for (const { resolve } of waiting) resolve(answers[index] ?? []);
    }
  } catch (error) {
    fail(asked, error);
  }
}

/** Who was answered already hears nothing of it. */
function fail(asked: readonly Asked[], error: unknown): void {
  for (const { waiting } of asked) for (const { reject } of waiting) reject(asRefusal(error));
}
