import t from 'tap';
import { codePointLength, firstCodePoints } from '../../src/protocol/code-points.ts';
import { contentProblem, normaliseContent } from '../../src/protocol/content.ts';
import { normaliseDraft } from '../../src/protocol/draft.ts';
import { isId, normaliseId } from '../../src/protocol/id.ts';
import { isLine } from '../../src/protocol/line.ts';
import fc from '../property.ts';
import { ID } from './samples.ts';

/** A text whose characters one cannot see, for the name of an assertion. */
function named(text: unknown): string {
  const shown = JSON.stringify(text).replace(/[^ -~]/gu, (char) => `\\u{${char.codePointAt(0)?.toString(16)}}`);
  return shown.length > 80 ? `${shown.slice(0, 80)}…` : shown;
}

t.test('content: CRLF and CR become LF, both ends are trimmed, nothing else is changed', async (t) => {
  const table: [given: string, kept: string][] = [
    ['Hi', 'Hi'],
    ['  Hi  ', 'Hi'],
    ['\r\n\tHi\u00a0\u2003\n', 'Hi'],
    ['a\r\nb', 'a\nb'],
    ['a\rb', 'a\nb'],
    ['a\r\r\nb', 'a\n\nb'],
    ['a\n\r\nb', 'a\n\nb'],
    ['a  b\t\tc', 'a  b\t\tc'],
    ['a\n\n\n\nb', 'a\n\n\n\nb'],
    ['e\u0301 and \u00e9', 'e\u0301 and \u00e9'],
    ['\u202eabc\u200b\u2066', '\u202eabc\u200b\u2066'],
    ['👩‍👩‍👧', '👩‍👩‍👧'],
    [' \r\n\t ', ''],
    ['', ''],
  ];
  for (const [given, kept] of table) t.equal(normaliseContent(given), kept, named(given));
});

t.test('content: normalising twice is normalising once, and leaves no CR', async (t) => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('\r', '\n', ' ', '\t', 'a', '🙂', '\ufeff') }), (text) => {
      const once = normaliseContent(text);
      return normaliseContent(once) === once && !once.includes('\r') && once.trim() === once;
    }),
  );
  t.pass('idempotent');
});

t.test('content: control characters other than LF and TAB, and lone surrogates, are a problem', async (t) => {
  for (const text of ['', 'Hi', 'a\nb', 'a\tb', 'a\r\nb', '🙂', '\u00a0', '\u2028', '\u202e', '\ufeff', '\ufffe']) {
    t.equal(contentProblem(text), null, named(text));
  }
  const controls = Array.from({ length: 0xa0 }, (_, code) => String.fromCharCode(code))
    .filter((char) => /\p{Cc}/u.test(char))
    .filter((char) => !'\t\n\r'.includes(char));
  t.equal(controls.length, 62, 'all the others of 65 control characters');
  for (const char of [...controls, '\ud83d', '\ude42', '\ude42\ud83d']) {
    t.match(contentProblem(`a${char}b`), /^must be text without control characters/, named(char));
  }
});

t.test('lengths are code points', async (t) => {
  t.equal(codePointLength(''), 0);
  t.equal(codePointLength('aé🙂'), 3);
  t.equal(codePointLength('e\u0301'), 2, 'a combining mark counts');
  t.equal(codePointLength('\ud83d\ud83d\ude42'), 2, 'a lone surrogate counts as one');
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => codePointLength(text) === [...text].length));
});

t.test('a beginning is never cut through a code point', async (t) => {
  t.equal(firstCodePoints('Hello', 120), 'Hello');
  t.equal(firstCodePoints('a🙂b', 2), 'a🙂');
  t.equal(firstCodePoints('🙂🙂', 1), '🙂');
  t.equal(firstCodePoints('abc', 0), '');
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }),
      fc.nat(20),
      (text, length) => firstCodePoints(text, length) === [...text].slice(0, length).join(''),
    ),
  );
});

t.test('a line has 1 to 200 code points and no control characters', async (t) => {
  for (const line of ['a', ' ', '🙂'.repeat(200), 'user@example.org', "O'Neill", '李']) t.ok(isLine(line), named(line));
  for (const line of ['', 'a'.repeat(201), '🙂'.repeat(201), 'a\nb', 'a\tb', 'a\u0085', '\0', '\udc00', 5, null]) {
    t.notOk(isLine(line), named(line));
  }
});

t.test('an id is a UUID of any version, in any case, and is kept in lower case', async (t) => {
  const ids = [
    ID,
    ID.toUpperCase(),
    '00000000-0000-0000-0000-000000000000',
    '3f2504e0-4f89-41d3-9a0c-0305e82c3301',
    'ffffffff-ffff-ffff-ffff-ffffffffffff',
  ];
  for (const id of ids) t.ok(isId(id), id);
  for (const id of ['', 'team', ID.slice(1), `${ID}0`, `{${ID}}`, ID.replaceAll('-', ''), `${ID}\n`, 5, null, [ID]]) {
    t.notOk(isId(id), named(id));
  }
  t.equal(normaliseId(ID.toUpperCase()), ID);
});

t.test('a draft is kept with its ids in lower case and its content normalised, all else as it came', async (t) => {
  const id = ID.toUpperCase();
  t.same(normaliseDraft({ id, content: ' a\r\nb ', attachments: [id], quickReplies: [' x '], kind: 'system' }), {
    id: ID,
    content: 'a\nb',
    attachments: [ID],
    quickReplies: [' x '],
    kind: 'system',
  });
  t.same(normaliseDraft({ attachmentUrl: 'https://a.example/B' }), { attachmentUrl: 'https://a.example/B' });
});
