import t from 'tap';
import { type Actor, type Body, startApp } from '../helper.ts';

const say = async (who: Actor, conversation: string, content: string): Promise<Body> =>
  (await who.request('POST', `conversations/${conversation}/messages`, { content })).body;

/** What a search finds, by the messages' contents. */
const search = async (who: Pick<Actor, 'request'>, q: string, more: Record<string, string> = {}): Promise<Body> =>
  (await who.request('GET', `search?${new URLSearchParams({ q, ...more })}`)).body;
const found = async (...given: Parameters<typeof search>): Promise<string[]> =>
  (await search(...given)).items.map(({ message }: Body) => message.content);

t.test('a message is found as soon as it was acknowledged, and gone as soon as it was edited or deleted', async (t) => {
  const app = await startApp(t);
  const customer = await app.visitor();
  const sent = await customer.request('POST', 'messages', { to: 'support', message: { content: 'A green lamp' } });
  const id = sent.body.conversationId as string;
  t.match(await search(customer, 'LAMP green'), {
    items: [
      {
        message: sent.body,
        conversation: { id, kind: 'support', subject: null },
        marks: [
          [2, 5],
          [8, 4],
        ],
      },
    ],
    next: null,
  });
  await customer.request('PATCH', `conversations/${id}/messages/${sent.body.id}`, { content: 'A red chair' });
  t.same(await found(customer, 'lamp'), []);
  t.same(await found(customer, 'green'), []);
  t.same(await found(customer, 'chair'), ['A red chair']);
  await customer.request('DELETE', `conversations/${id}/messages/${sent.body.id}`);
  t.same(await found(customer, 'chair'), []);
});

t.test('words, beginnings and phrases; case and diacritics make no difference', async (t) => {
  const app = await startApp(t);
  const customer = await app.visitor();
  const texts = ['Crème brûlée, please', 'The brulee pan is broken', 'CREME for hands', 'Größe 42, straße 7'];
  const { conversationId: id } = (
    await customer.request('POST', 'messages', { to: 'support', message: { content: texts[0] } })
  ).body;
  for (const content of texts.slice(1)) await say(customer, id, content);
  const finds = async (q: string, ...which: number[]) =>
    t.same(await found(customer, q), which.map((index) => texts[index]).reverse(), q);
  await finds('creme', 0, 2);
  await finds('brûlée', 0, 1);
  await finds('creme BRULEE', 0);
  await finds('"creme brulee"', 0);
  await finds('"brulee creme"');
  await finds('"brulee pan', 1);
  await finds('"brulee pan"', 1);
  await finds('bru*', 0, 1);
  await finds('bru');
  await finds('"creme br"*', 0);
  await finds('b*');
  await finds('grosse 42', 3);
  await finds('strasse', 3);
  await finds('pan AND broken');
  await finds('7', 3);
});

t.test('parts of what is written without blanks are found, and marked', async (t) => {
  const app = await startApp(t);
  const customer = await app.visitor();
  const texts = ['東京都に住んでいます', '私は京都へ行きます', 'สวัสดีครับ', '학교에 갑니다', 'iPhone手机'];
  const { conversationId: id } = (
    await customer.request('POST', 'messages', { to: 'support', message: { content: texts[0] } })
  ).body;
  for (const content of texts.slice(1)) await say(customer, id, content);
  const finds = async (q: string, ...marked: string[]) => {
    const { items } = await search(customer, q);
    const marks = items.map(({ message, marks: [[start, length]] }: Body) => message.content.substr(start, length));
    t.same(marks, marked, q);
    t.ok(
      items.every(({ message }: Body) => message.content.includes(marked[0])),
      q,
    );
  };
  await finds('京都', '京都', '京都');
  await finds('東京', '東京');
  await finds('都', '都', '都');
  await finds('す', 'す', 'す');
  await finds('住んで', '住んで');
  await finds('京東');
  await finds('สดี', 'สดี');
  await finds('학교', '학교');
  await finds('手机', '手机');
  await finds('iphone手机', 'iPhone手机');
});

t.test('any input is taken: what is no word is nothing', async (t) => {
  const app = await startApp(t);
  const customer = await app.visitor();
  await customer.request('POST', 'messages', { to: 'support', message: { content: 'words thread and near 1' } });
  const inputs = [
    ...['"', '""', '"""', '*', '**', '-', '^', ':', '(', ')', '()', '{', '}', '\\', "'", '%', '_', ';', '--', '/*'],
    ...[
      'a AND',
      'AND',
      'OR',
      'NOT',
      'a NOT',
      'NEAR(',
      'NEAR(a b, 2)',
      'words:',
      '{words}: a',
      '-words',
      '^a',
      'a*b*c*',
    ],
    ...[
      'thread : "1"',
      '"s" OR "n"',
      "' OR 1=1 --",
      '; drop table messages',
      '%',
      '?',
      '$1',
      ':q',
      '@q',
      '\u0000',
      'a\u0000b',
    ],
    ...['\ufeff', '\u202e', '\ud800', '👍', '\n', '\t', ' ', 'x'.repeat(500), 'a '.repeat(250), '"a '.repeat(160)],
    ...[
      'ab* '.repeat(120),
      '字'.repeat(500),
      '\u0301',
      '½',
      'ﷺ',
      String.fromCodePoint(0x10ffff),
      '<b>',
      '&amp;',
      '../..',
    ],
  ];
  const answers = inputs.map(async (q) => {
    const { status, body } = await customer.request('GET', `search?q=${encodeURIComponent(q.toWellFormed())}`);
    t.match([status, body], [200, { items: Array }], JSON.stringify(q).slice(0, 30));
  });
  await Promise.all(answers);
  t.same((await found(customer, 'thread s')).length, 0, 'what the index keeps of a conversation is not to be searched');
  t.same((await found(customer, '"s"')).length, 0);
  t.same((await found(customer, 'words AND near')).length, 1);
  for (const query of [
    '',
    'q=',
    `q=${'x'.repeat(501)}`,
    'q=a&q=b',
    'q=a&order=best',
    'q=a&limit=0',
    'q=a&limit=201',
    'q=a&page=2',
  ]) {
    const { status, body } = await customer.request('GET', `search?${query}`);
    t.match([status, body.code], [400, 'VALIDATION'], query.slice(0, 20));
  }
  for (const more of ['from=yesterday', 'author=me', 'conversation=1', 'cursor=x', 'cursor=AAAAAAAAAAAAAAAAAAAAAA']) {
    t.equal((await customer.request('GET', `search?q=a&${more}`)).body.code, 'VALIDATION', more);
  }
});

t.test('pages hold each once, whatever is written meanwhile; ranked ones too', async (t) => {
  const app = await startApp(t);
  const customer = await app.visitor();
  const { conversationId: id } = (
    await customer.request('POST', 'messages', { to: 'support', message: { content: 'lamp 0' } })
  ).body;
  for (let index = 1; index < 12; index += 1)
    await say(customer, id, `lamp ${index}${index % 4 === 0 ? ' lamp' : ' and more'}`);
  const walk = async (order: string) => {
    const contents: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: Body = await search(customer, 'lamp', { order, limit: '5', ...(cursor === '' ? {} : { cursor }) });
      t.ok(page.items.length <= 5);
      contents.push(...page.items.map(({ message }: Body) => message.content));
      cursor = page.next;
      await say(customer, id, 'lamp lamp lamp, written meanwhile');
    }
    return contents;
  };
  const newest = await walk('newest');
  t.same(
    newest.map((content) => Number(content.split(' ')[1])),
    [11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
  );
  const ranked = await walk('rank');
  t.equal(new Set(ranked.map((content, index) => `${content}${content.includes('meanwhile') ? index : ''}`)).size, 15);
  t.match(ranked[0], 'lamp lamp lamp');
  t.ok(ranked.indexOf('lamp 8 lamp') < ranked.indexOf('lamp 9 and more'), 'often and short comes first');
});

t.test('sender and time narrow it down', async (t) => {
  let time = Date.parse('2026-03-02T10:00:00.000Z');
  const app = await startApp(t, {}, { now: () => time });
  const customer = await app.visitor();
  const agent = await app.member('agent', 'Ben');
  const { conversationId: id } = (
    await customer.request('POST', 'messages', { to: 'support', message: { content: 'lamp one' } })
  ).body;
  time += 60_000;
  await say(agent, id, 'lamp two');
  time += 60_000;
  await say(customer, id, 'lamp three');
  const within = (more: Record<string, string>) => found(customer, 'lamp', more);
  t.same(await within({ author: customer.user.id }), ['lamp three', 'lamp one']);
  t.same(await within({ author: agent.user.id.toUpperCase() }), ['lamp two']);
  t.same(await within({ author: id }), [], 'nobody');
  t.same(await within({ from: '2026-03-02T10:01:00.000Z' }), ['lamp three', 'lamp two']);
  t.same(await within({ to: '2026-03-02T10:01:00.000Z' }), ['lamp one']);
  t.same(await within({ from: '2026-03-02T10:01:00Z', to: '2026-03-02T10:02:00Z' }), ['lamp two']);
  t.same(await within({ conversation: id, author: customer.user.id, from: '2026-03-02T10:01:00Z' }), ['lamp three']);
});
