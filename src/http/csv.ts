/** Tables as text for spreadsheets (RFC 4180). */

export type Cell = string | number | null;

/** What a spreadsheet would take for a formula, and run: a name that a customer chose must stay a text. */
const FORMULA = /^[=+\-@\t\r]/;

/** Lines end with CRLF; the first is the head. */
export function csv(rows: readonly (readonly Cell[])[]): string {
  return rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

function cell(value: Cell): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
