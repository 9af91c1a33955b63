/** What is read of a text does not depend on the pieces in which it comes. */
import t from 'tap';
import { CsvRows } from '../../../src/cli/import/csv-rows.ts';
import { JsonRows, plain } from '../../../src/cli/import/json-rows.ts';
import { MAX_ROW_LENGTH, type Row, type RowReader } from '../../../src/cli/import/row.ts';
import { SqlRows } from '../../../src/cli/import/sql-rows.ts';
import {
  emailOf,
  httpsOf,
  idOf,
  lineOf,
  piecesOf,
  textOf,
  timeOf,
  timeOfObjectId,
  truthOf,
} from '../../../src/cli/import/values.ts';
import { MAX_LINE_LENGTH } from '../../../src/protocol/limits.ts';

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

t.test('SQL as other programs write it', async (t) => {
  const sql = `CREATE UNLOGGED TABLE IF NOT EXISTS u (
  id int DEFAULT 1, -- one, or (more
  /* what was, */ \`said\` varchar(10) DEFAULT 'a,(b', CONSTRAINT one UNIQUE (id, said),
  [when] numeric(4,2)
);
CREATE INDEX i ON u (id);
CREATE TABLE (;
INSERT OR REPLACE INTO \`u\` VALUES (+1.5, 'a'::character varying(10), FALSE);
INSERT INTO [u] ([when], "said") OVERRIDING SYSTEM VALUE VALUES (.5, char(72,105)), (-7, replace('a\\nb', '\\n', char(10)));
INSERT INTO u VALUES (1, unistr('\\0041\\u0042\\+01F600\\\\'), b'101');
INSERT INTO u VALUES (1, lower('A'), 2);
INSERT INTO u VALUES (1, nonsense, 2);
INSERT INTO u VALUES (1, E'a\\tb\\q', 2), (2, 'b', 3, 4);
INSERT INTO u (id VALUES (1);
INSERT INTO u SELECT * FROM v;
INSERT INTO v VALUES (1);
INSERT INTO u VALUES (1, 2, 3) RETURNING id;
INSERT INTO 5 VALUES (1);
INSERT INTO u VALUES (${'lower('.repeat(10)}1${')'.repeat(10)});
COPY u FROM stdin;
\\x41\\x4a\\101\tq\\q\\v\t\\N\r
\\.
COPY "odd ""name""" (a) FROM stdin;
1
`;
  t.same(told(read(new SqlRows(), [sql])), [
    [8, { id: 1.5, said: 'a', when: false }],
    [9, { when: 0.5, said: 'Hi' }],
    [9, { when: -7, said: 'a\nb' }],
    [10, { id: 1, said: 'AB😀\\', when: '101' }],
    [11, 'a value is a call that is not known'],
    [12, 'a value cannot be read'],
    [13, { id: 1, said: 'a\tbq', when: 2 }],
    [13, 'the row has 4 values, and the table 3 columns'],
    [14, 'there is no ) where one has to be'],
    [15, 'the statement has no VALUES'],
    [16, 'the statement names no columns, and its table was not made before'],
    [17, 'something stands behind the values'],
    [18, 'a name is missing'],
    [19, 'a value cannot be read'],
    [21, { id: 'AJA', said: 'qq\v', when: null }],
    [24, { a: '1' }],
    [25, 'the file ends within a COPY block'],
  ]);
});

t.test('CSV by the sign that its header has most of', async (t) => {
  for (const sign of [',', ';', '\t']) {
    const csv = `a${sign}b\n"1${sign}"${sign}NULL\n\\N${sign}""\n`;
    t.same(
      told(read(new CsvRows('t'), [csv])),
      [
        [2, { a: `1${sign}`, b: null }],
        [3, { a: null, b: '' }],
      ],
      JSON.stringify(sign),
    );
  }
});

t.test('a row that fills the memory is given up, and what follows it is read', async (t) => {
  const long = 'x'.repeat(MAX_ROW_LENGTH);
  const pieces = (opened: string, closed: string) => [opened, long, long, `${closed}\n`];
  t.same(told(read(new JsonRows('t'), [...pieces('{"a":"', '"}'), '{"a":1}'])), [
    [1, 'the line is too long'],
    [2, { a: 1 }],
  ]);
  t.same(told(read(new CsvRows('t'), ['a,b\n', ...pieces('"', '",1'), '1,2'])), [
    [2, 'a quote is opened here and not closed'],
    [3, { a: '1', b: '2' }],
  ]);
  t.same(
    told(read(new SqlRows(), [...pieces("INSERT INTO t (a) VALUES ('", "');"), 'INSERT INTO t (a) VALUES (1);'])),
    [
      [1, 'a statement begins here and does not end'],
      [2, { a: 1 }],
    ],
  );
  t.same(told(read(new SqlRows(), ['COPY t (a) FROM stdin;\n', ...pieces('', ''), '1\n\\.\n'])), [
    [2, 'the line is too long'],
    [3, { a: '1' }],
  ]);
});

t.test('values without what MongoDB wraps them in', async (t) => {
  const wrapped: [unknown, unknown][] = [
    [{ $oid: '64b0c0ffee' }, '64b0c0ffee'],
    [{ $numberInt: '7' }, '7'],
    [{ $numberDouble: '7.5' }, '7.5'],
    [{ $uuid: '5d1c3a52-6a0e-4e3b-9a3e-0d9a3f6b7c11' }, '5d1c3a52-6a0e-4e3b-9a3e-0d9a3f6b7c11'],
    [{ $binary: { base64: 'AQL/', subType: '00' } }, '0102ff'],
    [{ $binary: 'AQL/' }, null],
    [{ $timestamp: { t: 'soon' } }, null],
    [{ $timestamp: null }, null],
    [{ $undefined: true }, null],
    [{ $regularExpression: {} }, { $regularExpression: {} }],
    [
      { $oid: 'x', more: 1 },
      { $oid: 'x', more: 1 },
    ],
    [['a'], ['a']],
  ];
  for (const [given, expected] of wrapped) t.same(plain(given), expected, JSON.stringify(given));
});

t.test('ids, truths, lines and addresses in their forms', async (t) => {
  t.same(['a ', '  ', 7, 7n, true, null, { $oid: 'x' }].map(idOf), ['a', null, '7', '7', null, null, 'x']);
  t.same([1, 'YES', 't', true].map(truthOf), [true, true, true, true]);
  t.same(['0', 'No', 'f', false].map(truthOf), [false, false, false, false]);
  t.same(['', null, undefined, 'perhaps', {}].map(truthOf), [null, null, null, null, null]);
  t.same(['Una', 7, ' Una\u0000\u2028 B ', '\n', {}, null].map(lineOf), ['Una', '7', 'Una  B', null, null, null]);
  t.equal(lineOf('𝄞'.repeat(MAX_LINE_LENGTH + 1)), '𝄞'.repeat(MAX_LINE_LENGTH));
  t.same(['Una@Example.com', 'una', 'a b@c', null].map(emailOf), ['una@example.com', null, null, null]);
  t.same(['https://x.example/a', 'http://x.example', 'https://', 7].map(httpsOf), [
    'https://x.example/a',
    null,
    null,
    null,
  ]);
  t.same([7, {}, 'a\u0000b'].map(textOf), ['7', '', 'ab']);
  t.equal(timeOfObjectId('683c3f800000000000000000'), Date.parse('2025-06-01T11:54:40Z'));
  t.same(['683c', null].map(timeOfObjectId), [null, null]);
});
