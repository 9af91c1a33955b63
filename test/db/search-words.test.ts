import Database from 'better-sqlite3';
import t from 'tap';
import { indexedText, wordsOf } from '../../src/db/search-words.ts';
import fc from '../property.ts';

const terms = (text: string) => wordsOf(text).map(({ term }) => term);

const TEXTS: [text: string, words: string[]][] = [
  ['', []],
  [' \n\t…!?*"-', []],
  ['Hello, World 2', ['hello', 'world', '2']],
  ["don't a@b.example", ['don', 't', 'a', 'b', 'example']],
  ['Crème BRÛLÉE', ['creme', 'brulee']],
  ['cre\u0300me', ['creme']],
  ['Straße Ærø Łódź İstanbul', ['strasse', 'aero', 'lodz', 'istanbul']],
  ['Ὀδυσσεύς ёлка', ['οδυσσευσ', 'елка']],
  ['מֶלֶךְ مُحَمَّد', ['מלך', 'محمد']],
  ['ｆｕｌｌ ﬁne ²', ['full', 'fine', '2']],
  ['naïve\u00adly می\u200cخواهم', ['naively', 'میخواهم']],
  ['हिन्दी', ['हिन्दी']],
  ['東京', ['東京', '京']],
  ['東京都', ['東京', '京都', '都']],
  ['東', ['東']],
  ['iPhone手机ok', ['iphone', '手机', '机', 'ok']],
  ['ｶﾞﾗｽ ガラス', ['ガラ', 'ラス', 'ス', 'ガラ', 'ラス', 'ス']],
  ['학교에', ['학교', '교에', '에']],
  ['สวัสดี', ['สว', 'วั', 'ัส', 'สด', 'ดี', 'ี']],
  ['yes 👍🏽!', ['yes', '👍']],
  ['½ ﷺ', ['12', 'صلىاللهعليهوسلم']],
  ['\ud800a\udc00 \u0000b', ['a', 'b']],
  ['x'.repeat(100), ['x'.repeat(64)]],
  ['𝒜'.repeat(70), ['a'.repeat(64)]],
];

for (const [text, words] of TEXTS) {
  t.test(`the words of ${JSON.stringify(text).slice(0, 40)}`, async (t) => t.same(terms(text), words));
}

t.test('words tell where they stand, a pair of signs also where the first ends', async (t) => {
  const text = 'ａ 👍東ｶﾞb';
  t.same(
    wordsOf(text).map(({ start, end, head }) => [text.slice(start, end), text.slice(start, head)]),
    [
      ['ａ', 'ａ'],
      ['👍', '👍'],
      ['東ｶﾞ', '東'],
      ['ｶﾞ', 'ｶﾞ'],
      ['b', 'b'],
    ],
  );
});

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.string({
    unit: fc.constantFrom('a', 'B', '9', ' ', '-', '"', 'é', 'ß', '東', '京', 'ｶ', 'ﾞ', '👍', 'ี', '\u0301'),
    maxLength: 80,
  }),
  fc.integer({ min: 60, max: 130 }).map((length) => 'aB1'.repeat(length)),
);

t.test('the index splits a text into exactly these words, in this order', async (t) => {
  const database = new Database(':memory:');
  t.teardown(() => database.close());
  database.exec("create virtual table search using fts5 (words, content = '', tokenize = 'ascii')");
  database.exec('create virtual table instance using fts5vocab (search, instance)');
  const insert = database.prepare('insert into search (rowid, words) values (1, ?)');
  const read = database.prepare('select term from instance order by offset').pluck();
  const undo = database.prepare("insert into search (search) values ('delete-all')");
  fc.assert(
    fc.property(anyText, (text) => {
      insert.run(indexedText(text));
      const indexed = read.all();
      undo.run();
      t.strictSame(indexed, terms(text));
    }),
    { numRuns: 500 },
  );
});

t.test('each word lies within its text, behind the one before it', async (t) => {
  fc.assert(
    fc.property(anyText, (text) => {
      let before = 0;
      return wordsOf(text).every(({ start, end, head }) => {
        const good = before <= start && start < head && head <= end && end <= text.length;
        before = start;
        return good;
      });
    }),
    { numRuns: 500 },
  );
  t.pass('of any text');
});
