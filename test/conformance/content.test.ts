import t from 'tap';
import { startServer } from './server.ts';
import { ask } from './words.ts';

const server = await startServer(t);
const customer = await server.visitor();
const agent = await server.member('agent', 'ann');
const id = await ask(customer);
const path = `conversations/${id}/messages`;

const kept: [name: string, sent: string, stored: string][] = [
  ['CRLF becomes LF', 'a\r\nb', 'a\nb'],
  ['CR becomes LF', 'a\rb\r\rc', 'a\nb\n\nc'],
  ['trimmed', ' \t\n a \u00a0\u2003\n', 'a'],
  ['inside nothing is changed', 'a  \t b\n\n\n c', 'a  \t b\n\n\n c'],
  ['bidi and zero-width are left alone', 'a\u202eb\u200d\u200bc\u2066', 'a\u202eb\u200d\u200bc\u2066'],
  ['no normalisation of Unicode', 'e\u0301 \u212b ﬁ', 'e\u0301 \u212b ﬁ'],
  ['astral characters', '👩‍👩‍👧 𝒳', '👩‍👩‍👧 𝒳'],
  ['noncharacters and the replacement character', '\ufffd\ufffe', '\ufffd\ufffe'],
  ['markup is text', '<script>alert(1)</script> &amp;', '<script>alert(1)</script> &amp;'],
  ['SQL is text', "'; DROP TABLE messages; --", "'; DROP TABLE messages; --"],
  ['the names of objects', '__proto__', '__proto__'],
];

t.test('CRLF and CR become LF, trimmed; nothing else is changed', async (t) => {
  const line = await customer.connect();
  for (const [name, content, stored] of kept) {
    const sent = await customer.post(path, { content });
    t.match([sent.status, sent.body.content], [201, stored], name);
    const told = await line.event((event) => event.type === 'message.created' && event.message.id === sent.body.id);
    t.equal(told.message.content, stored, name);
    const edited = await customer.patch(`${path}/${sent.body.id}`, { content: `${content}!` });
    t.equal(edited.status, 200, name);
    t.equal((await customer.get(`${path}/${sent.body.id}`)).body.content, edited.body.content, name);
  }
});

const controls = [0x00, 0x01, 0x08, 0x0b, 0x0c, 0x0e, 0x1b, 0x1f, 0x7f, 0x80, 0x85, 0x9f];
const refused: [name: string, content: unknown][] = [
  ...controls.map((code): [string, string] => [`control character ${code}`, `a${String.fromCharCode(code)}b`]),
  ['a lone high surrogate', 'a\ud83d'],
  ['a lone low surrogate', '\ude00a'],
  ['surrogates the wrong way round', '\ude00\ud83d'],
  ['nothing', ''],
  ['only white space', ' \r\n\t'],
  ['null', null],
  ['a number', 5],
  ['a list', ['a']],
  ['1001 code points', 'x'.repeat(1001)],
  ['1001 astral code points', '𝒳'.repeat(1001)],
];

t.test('other control characters than LF and TAB, lone surrogates, nothing and too much: VALIDATION', async (t) => {
  const { body: mine } = await customer.post(path, { content: 'mine' });
  let line = await customer.connect();
  for (const [index, [name, content]] of refused.entries()) {
    // Twenty bad frames close a line.
    if (index % 10 === 9) line = await customer.connect();
    const wanted = { code: 'VALIDATION', details: { path: /content/, rule: String } };
    t.match(await customer.post(path, { content }), { status: 400, body: wanted }, `${name}, HTTP`);
    t.match(await customer.patch(`${path}/${mine.id}`, { content }), { status: 400, body: wanted }, `${name}, an edit`);
    const answer = await line.call({ type: 'message.send', conversationId: id, message: { content } });
    t.match(answer, { type: 'error', ...wanted }, `${name}, a socket`);
  }
});

t.test('length is counted in code points after normalising', async (t) => {
  for (const content of ['𝒳'.repeat(1000), `  ${'x'.repeat(1000)}\r\n`, 'a\r\n'.repeat(500) + 'b'.repeat(0)]) {
    t.equal((await customer.post(path, { content })).status, 201, `${content.length} units`);
  }
});

t.test('maxLength binds users; the team may write 10,000', async (t) => {
  t.equal((await agent.post(path, { content: '𝒳'.repeat(10_000) })).status, 201);
  t.match(await agent.post(path, { content: 'x'.repeat(10_001) }), { status: 400, body: { code: 'VALIDATION' } });
  await agent.patch(`conversations/${id}`, { maxLength: 5000 });
  t.equal((await customer.post(path, { content: 'x'.repeat(5000) })).status, 201, 'per conversation');
  t.equal((await customer.post(path, { content: 'x'.repeat(5001) })).status, 400);
  t.equal((await agent.patch(`conversations/${id}`, { maxLength: 10_001 })).status, 400);
  t.equal((await agent.patch(`conversations/${id}`, { maxLength: 0 })).status, 400);
  t.equal((await customer.get(`conversations/${id}`)).body.maxLength, 5000);
});

t.test('10,000 code points escaped as pairs fit into a frame', async (t) => {
  const line = await agent.connect();
  line.send(
    `{"id":700,"type":"message.send","conversationId":"${id}","message":{"content":"${'\\ud835\\udcb3'.repeat(10_000)}"}}`,
  );
  const told = await line.rest();
  t.same(told, []);
  t.match(
    line.frames.find(({ re }) => re === 700),
    { type: 'ok', message: { content: '𝒳'.repeat(10_000) } },
  );
});

t.test('last.text is 120 code points', async (t) => {
  await customer.post(path, { content: `${'𝒳'.repeat(119)}yz` });
  const { body } = await customer.get(`conversations/${id}`);
  t.equal(body.last.text, `${'𝒳'.repeat(119)}y`);
});

t.test('externalId: 1 to 200 code points, no control characters; refused before anything is written', async (t) => {
  const key = await server.key('*');
  const names: [externalId: string, status: number][] = [
    ['x'.repeat(200), 201],
    ['𝒳'.repeat(200), 201],
    ['', 400],
    ['x'.repeat(201), 400],
    ['a\nb', 400],
    ['a\tb', 400],
    ['a\u0000', 400],
    ['a\u009f', 400],
    ['a\ud800', 400],
    ['ünï ❤', 201],
  ];
  for (const [externalId, status] of names) {
    t.equal(
      (await key.post('tokens', { externalId })).status,
      status,
      `a token for ${JSON.stringify(externalId).slice(0, 20)}`,
    );
    t.equal((await key.post('conversations', { kind: 'room', externalId })).status, status, 'a room');
    t.equal(
      (await key.post('conversations', { kind: 'room', participants: [{ externalId }] })).status,
      status,
      'a participant',
    );
  }
});
