/** A statement as PostgreSQL is asked it: alone, or many times at once. */
import type { QueryArrayConfig } from 'pg';
import { kept } from './kept.ts';
import { type Text, textOf } from './text.ts';

/** What is given for a statement's numbers, in their order. */
export type Values = readonly unknown[];

/** Whoever takes a text and gives its rows. */
export interface Line {
  query(asked: QueryArrayConfig): Promise<{ rows: unknown[][]; fields: { name: string }[] }>;
}

let prepared = 0;

export class Statement {
  readonly names: Text['names'];
  /** Of its columns; known once it was answered. */
  columns: string[] | null = null;
  private readonly text: string;
  private readonly name = `s${++prepared}`;
  private types: Promise<string[]> | null = null;

  /** @param said as {@link textOf} takes it */
  constructor(said: string) {
    const { text, names } = textOf(said);
    this.text = text;
    this.names = names;
  }

  /** Gives, for each of many, the rows that the statement has for its values: the same as alone, in the same order. */
  async answers(line: Line, many: readonly Values[]): Promise<unknown[][][]> {
    const [only] = many;
    return only !== undefined && many.length === 1 ? [await this.alone(line, only)] : this.ofMany(line, many);
  }

  private async alone(line: Line, values: Values): Promise<unknown[][]> {
    const { rows, fields } = await line.query({ ...this.prepared('', this.text), values: values.map(kept) });
    this.columns ??= fields.map(({ name }) => name);
    return rows;
  }

  private async ofMany(line: Line, many: readonly Values[]): Promise<unknown[][][]> {
    const types = await this.typesBy(line);
    const lists = types.map((_, index) => many.map((values) => kept(values[index])));
    const { rows, fields } = await line.query({ ...this.prepared('m', this.textOfMany(types)), values: lists });
    this.columns ??= fields.slice(PLACES).map(({ name }) => name);
    const answers: unknown[][][] = many.map(() => []);
    for (const row of rows) answers[(row[0] as number) - 1]?.push(row.slice(PLACES));
    return answers;
  }

  private prepared(kind: string, text: string): Pick<QueryArrayConfig, 'name' | 'text' | 'rowMode'> {
    return { name: `${this.name}${kind}`, text, rowMode: 'array' };
  }

  /**
   * The statement stays as it is, inside another that hands it each one's values in turn. Its rows are counted as they
   * come, which is in its own order.
   */
  private textOfMany(types: readonly string[]): string {
    const lists = types.map((type, index) => `$${index + 1}::${type}[]`).join(', ');
    const values = types.map((_, index) => `p${index + 1}, `).join('');
    const own = this.text.replace(GIVEN, (found, number) => (number === undefined ? found : `given.p${number}`));
    return `select given.n, one.* from unnest(${lists}) with ordinality as given(${values}n)
      cross join lateral (select row_number() over (), own.* from (${own}) own) one order by 1, 2`;
  }

  /** The types that PostgreSQL takes the values for, as it finds them itself. */
  private typesBy(line: Line): Promise<string[]> {
    this.types ??= this.askTypes(line).catch((error) => {
      this.types = null;
      throw error;
    });
    return this.types;
  }

  private async askTypes(line: Line): Promise<string[]> {
    const name = `${this.name}t`;
    const ask = (text: string) => line.query({ text, rowMode: 'array' });
    const [, { rows }] = await Promise.all([
      ask(`prepare ${name} as ${this.text}`),
      ask(`select unnest(parameter_types)::text from pg_prepared_statements where name = '${name}'`),
      ask(`deallocate ${name}`),
    ]);
    return rows.map(([type]) => String(type));
  }
}

/** Columns before the statement's own: whose answer it is, and its place there. */
const PLACES = 2;
const GIVEN = /'[^']*'|"[^"]*"|\$(\d+)/g;
