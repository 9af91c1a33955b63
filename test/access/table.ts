/** Tables written as text: the first line names the columns, each other line a row. */

export interface Table {
  columns: string[];
  /** By the row's name, what it says of each column. */
  rows: Map<string, Record<string, string>>;
}

/** Columns stand two blanks apart from a row's name and one from each other; `|` is for the eye. */
export function table(text: string): Table {
  const [head = '', ...lines] = text.split('\n').filter((line) => line.trim() !== '');
  const cells = (part: string) => part.split(/[\s|]+/).filter((cell) => cell !== '');
  const columns = cells(head);
  const rows = new Map<string, Record<string, string>>();
  for (const line of lines) {
    const [, name = '', rest = ''] = /^\s*(\S.*?) {2,}(.*)$/.exec(line) ?? [];
    const said = cells(rest);
    if (said.length !== columns.length)
      throw new Error(`"${name}" has ${said.length} cells for ${columns.length} columns`);
    if (rows.has(name)) throw new Error(`"${name}" stands there twice`);
    rows.set(name, Object.fromEntries(columns.map((column, index) => [column, said[index] ?? ''])));
  }
  return { columns, rows };
}
