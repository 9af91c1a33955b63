/**
 * The loader's statements over what is known. The loader asks one key after another and wants its answer at once, which
 * PostgreSQL has not: what is not known yet is noted, answered with nothing, and asked in one round with all else that the
 * batch does not know, one statement for each of the loader's. Then the loader begins anew, until a pass misses nothing:
 * three to six passes, whatever the batch's size.
 */
import { is, Placeholder } from 'drizzle-orm';
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3';
import { drizzle } from 'drizzle-orm/sqlite-proxy';
import { lazily } from '../lazily.ts';
import { type LoaderStatements, statementMakers } from '../loader-statements.ts';
import { keyedTables } from '../written-tables.ts';
import { type Line, Statement, type Values } from './statement.ts';

/** What Drizzle prepares of a question: its words, and what its rows become. */
interface Worded {
  getQuery(): { sql: string; params: unknown[] };
  mapAllResult(rows: unknown[][]): unknown[];
}

type Given = Readonly<Record<string, unknown>>;

export class Rounds {
  readonly statements: LoaderStatements;
  /** Those that were answered since the beginning, and those that have something to ask. */
  private readonly answered = new Set<Asked>();
  private readonly due = new Set<Asked>();

  constructor() {
    const makers = statementMakers(words());
    const asked = (make: () => unknown) => () => new Asked(make() as Worded, this.due);
    const all = Object.fromEntries(Object.entries(makers).map(([name, make]) => [name, asked(make)]));
    const byKey = makers.row();
    const byPlace = (make: () => unknown) => () => {
      const one = asked(make)();
      return { get: (conversation: number, uuid: string) => one.get({ conversation, uuid }) };
    };
    this.statements = lazily({
      ...all,
      row: () => lazily(Object.fromEntries(keyedTables.map((name) => [name, asked(() => byKey[name])]))),
      messageKey: byPlace(makers.messageKey),
      growingKey: byPlace(makers.growingKey),
    }) as unknown as LoaderStatements;
  }

  /** Whether anything was asked that is not known. */
  get missing(): boolean {
    return this.due.size > 0;
  }

  /** Asks all of that at once. */
  async ask(line: Line): Promise<void> {
    const due = [...this.due];
    this.due.clear();
    for (const one of due) this.answered.add(one);
    const asked = await Promise.allSettled(due.map((one) => one.ask(line)));
    for (const one of asked) if (one.status === 'rejected') throw one.reason;
  }

  /** Nothing is known any more. */
  begin(): void {
    for (const one of [...this.answered, ...this.due]) one.forget();
    this.answered.clear();
    this.due.clear();
  }
}

/** Drizzle for SQLite without a database behind it: only its words are wanted, and what its columns make of values. */
function words(): BetterSQLite3Database {
  const nobody = () => Promise.reject(new Error('the words of a statement are no way to ask it'));
  return drizzle(nobody, nobody, { casing: 'snake_case' }) as unknown as BetterSQLite3Database;
}

/** One of the loader's statements. */
class Asked {
  private readonly worded: Worded;
  private readonly statement: Statement;
  private readonly names: readonly string[];
  private readonly due: Set<Asked>;
  private readonly known = new Map<unknown, unknown[]>();
  private readonly missing = new Map<unknown, Values>();

  constructor(worded: Worded, due: Set<Asked>) {
    const { text, names } = withItsOwn(worded.getQuery());
    this.worded = worded;
    this.statement = new Statement(text);
    this.names = names;
    this.due = due;
  }

  get(given: Given): unknown {
    return this.all(given)[0];
  }

  all(given: Given = {}): unknown[] {
    const values = this.names.map((name) => given[name]);
    const key = values.length === 1 ? values[0] : JSON.stringify(values);
    const known = this.known.get(key);
    if (known !== undefined) return known;
    this.missing.set(key, values);
    this.due.add(this);
    return [];
  }

  async ask(line: Line): Promise<void> {
    const asked = [...this.missing];
    this.missing.clear();
    const answers = await this.statement.answers(
      line,
      asked.map(([, values]) => values),
    );
    for (const [index, [key]] of asked.entries()) this.known.set(key, this.worded.mapAllResult(answers[index] ?? []));
  }

  forget(): void {
    this.known.clear();
    this.missing.clear();
  }
}

const quotedOrGiven = /'[^']*'|"[^"]*"|\?/g;

/** The text with the values in it that are the statement's own, by which indexes are chosen, and the names of the rest. */
function withItsOwn({ sql, params }: { sql: string; params: unknown[] }): { text: string; names: string[] } {
  const names: string[] = [];
  let place = 0;
  const text = sql.replace(quotedOrGiven, (found) => {
    if (found !== '?') return found;
    const param = params[place++];
    if (!is(param, Placeholder)) return literal(param);
    names.push(String(param.name));
    return found;
  });
  return { text, names };
}

function literal(value: unknown): string {
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`;
  throw new Error('a statement of the loader holds more than numbers and texts');
}
