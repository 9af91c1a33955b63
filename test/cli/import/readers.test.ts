/** What is read of a text does not depend on the pieces in which it comes. */
import t from 'tap';
import { CsvRows } from '../../../src/cli/import/csv-rows.ts';
import { JsonRows, plain } from '../../../src/cli/import/json-rows.ts';
import type { Row, RowReader } from '../../../src/cli/import/row.ts';
import { SqlRows } from '../../../src/cli/import/sql-rows.ts';
import { piecesOf, timeOf } from '../../../src/cli/import/values.ts';

function read(reader: RowReader, pieces: readonly string[]): Row[] {
  return [...pieces.flatMap((piece) => reader.push(piece)), ...reader.end()];
}

const texts: [string, () => RowReader, string][] = [
  ['JSON', () => new JsonRows('t'), '{"a":1}\r\n\n{"a":\n{"a":{"$oid":"x"}}'],
  ['CSV', () => new CsvRows('t'), 'a,b\r\n1,"x ""y"",\r\nz"\r\n,\n"p"q,1\n3\n4,"5"\n"6",7'],
  [
    'SQL',
    () => new SqlRows(),
    `/* a; */ CREATE TABLE t (a int, "b" text DEFAULT ';', PRIMARY KEY (a, b)); -- c; d
INSERT INTO t VALUES (1, 'it''s;'), (-2.5e1, E'x\\'y\\n'), (12345678901234567890, NULL);
INSERT INTO "s"."t" ("a") VALUES (X'6162'::bytea);
INSERT INTO t VALUES (1, 'not closed);
INSERT INTO t VALUES (true, 'x');
COPY s.t (a, b) FROM stdin WITH (FORMAT text);
1\ta\\tb\\\\\\n
\\N\t
1
\\.
INSERT INTO t VALUES (3, $$;$$);
INSERT INTO t (a) VALUES (9) ON CONFLICT DO NOTHING;`,
  ],
];

t.test('in pieces as in one', async (t) => {
  for (const [name, reader, text] of texts) {
    const whole = read(reader(), [text]);
    for (let at = 1; at < text.length; at += 1) {
      const pieces = read(reader(), [text.slice(0, at), text.slice(at)]);
      if (JSON.stringify(pieces) !== JSON.stringify(whole)) t.same(pieces, whole, `${name}, cut at ${at}`);
    }
    t.same(read(reader(), [...text]), whole, `${name}, sign by sign`);
  }
});

const told = (rows: Row[]) => rows.map((row) => ('problem' in row ? [row.line, row.problem] : [row.line, row.values]));

t.test('what is read', async (t) => {
  const [json, csv, sql] = texts.map(([, reader, text]) => told(read(reader(), [text])));
  t.same(json, [
    [1, { a: 1 }],
    [3, 'the line is no JSON object'],
    [4, { a: { $oid: 'x' } }],
  ]);
  t.same(csv, [
    [2, { a: '1', b: 'x "y",\r\nz' }],
    [4, { a: null, b: null }],
    [5, 'a quote is closed within a field'],
    [6, 'the record has 1 fields, and the header has 2'],
    [7, { a: '4', b: '5' }],
    [8, { a: '6', b: '7' }],
  ]);
  t.same(sql, [
    [2, { a: 1, b: "it's;" }],
    [2, { a: -25, b: "x'y\n" }],
    [2, { a: '12345678901234567890', b: null }],
    [3, { a: 'ab' }],
    [4, 'a statement begins here and does not end'],
    [5, { a: true, b: 'x' }],
    [7, { a: '1', b: 'a\tb\\\n' }],
    [8, { a: null, b: '' }],
    [9, 'the row has 1 values, and the table 2 columns'],
    [11, 'a value is missing'],
    [12, { a: 9 }],
  ]);
});

t.test('times in their forms', async (t) => {
  const noon = Date.parse('2025-06-01T12:00:00Z');
  for (const given of [
    '2025-06-01T12:00:00Z',
    '2025-06-01 12:00:00',
    '2025-06-01 12:00:00.000000',
    '2025-06-01 14:00:00+02',
    '2025-06-01T14:00:00.000+0200',
    '2025-06-01T06:30:00-05:30',
    noon,
    noon / 1000,
    noon * 1000,
    String(noon),
    { $date: '2025-06-01T12:00:00Z' },
    { $date: { $numberLong: String(noon) } },
    { $timestamp: { t: noon / 1000, i: 1 } },
  ]) {
    t.equal(timeOf(given), noon, JSON.stringify(given));
  }
  for (const given of ['', 'soon', '2025-13-01', null, undefined, {}, -1, 1e20, [], 'Infinity']) {
    t.equal(timeOf(given), null, JSON.stringify(given));
  }
  t.equal(plain({ $numberLong: '9007199254740993' }), '9007199254740993', 'no digit is lost');
});

t.test('a long text is cut between code points, and whole again', async (t) => {
  const text = '𝄞'.repeat(25);
  t.same(
    piecesOf(text, 10).map((piece) => [...piece].length),
    [10, 10, 5],
  );
  t.equal(piecesOf(text, 10).join(''), text);
});
