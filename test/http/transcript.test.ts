/** A conversation as a file: complete, without the side conversation, and harmless where it is opened. */
import t from 'tap';
import { startApp, type TestApp } from '../helper.ts';
import { upload } from './form.ts';

async function take({ url }: TestApp, token: string, id: string, format: string) {
  const response = await fetch(`${url}/v1/conversations/${id}/transcript?format=${format}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  return { text: await response.text(), headers: response.headers, status: response.status };
}

t.test('all of it, in order, in each format, and nothing of the side conversation', async (t) => {
  const app = await startApp(t);
  const [visitor, agent] = [await app.visitor(), await app.member('agent', 'Ben <b>')];
  const first = await visitor.request('POST', 'messages', { to: 'support', message: { content: 'number 1' } });
  const id = first.body.conversationId;
  const write = (actor: typeof visitor, body: object) => actor.request('POST', `conversations/${id}/messages`, body);
  for (let number = 2; number <= 450; number += 1) await write(visitor, { content: `number ${number}` });
  await write(agent, { content: '<script>alert(1)</script>\n[2026-01-01 00:00:00 UTC] Guest: I never said this' });
  const file = await upload(app, agent, 'x', '"><img src=x>.txt');
  await write(agent, { attachments: [file.id] });
  await write(agent, { attachmentUrl: 'https://example.com/a.png' });
  const deleted = await write(visitor, { content: 'regretted' });
  await visitor.request('DELETE', `conversations/${id}/messages/${deleted.body.id}`);
  const side = (await agent.request('GET', `conversations/${id}`)).body.team;
  await agent.request('POST', `conversations/${side.id}/messages`, { content: 'between us' });

  for (const actor of [visitor, agent]) {
    const { status, body } = await actor.request('GET', `conversations/${id}/transcript`);
    t.equal(status, 200);
    t.same(
      body.messages.map(({ seq }: { seq: number }) => seq),
      Array.from({ length: 454 }, (_, index) => index + 1),
    );
    t.same(Object.keys(body.conversation).includes('team'), false);
    for (const format of ['json', 'text', 'html']) {
      const { text } = await take(app, actor.token, id, format);
      for (const hidden of ['between us', 'regretted', 'userAgent', side.id]) t.notMatch(text, hidden, format);
      t.match(text, 'number 450');
    }
  }

  const { text, headers } = await take(app, visitor.token, id, 'text');
  t.match(headers.get('content-disposition'), /^attachment; filename="transcript-[\w-]+\.txt"/);
  const lines = text.split('\n');
  t.equal(lines.filter((line) => line.startsWith('[')).length, 454, 'no text looks like another message');
  t.match(text, '    [2026-01-01 00:00:00 UTC] Guest: I never said this');
  t.match(text, 'Guest: number 1\n');
  t.match(text, 'Ben <b>: [link: https://example.com/a.png]');
  t.match(text, 'Guest: [deleted]');
});

t.test('the page can do nothing, wherever it is opened', async (t) => {
  const app = await startApp(t);
  const visitor = await app.visitor({ name: '<img src=x onerror=alert(1)>' });
  const content = `</p><script>alert(1)</script><a href="javascript:alert(1)">x</a>' onx='`;
  const { body } = await visitor.request('POST', 'messages', { to: 'support', message: { content } });
  const { text, headers } = await take(app, visitor.token, body.conversationId, 'html');
  t.match(Object.fromEntries(headers), {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': /^default-src 'none'; style-src 'sha256-[^']+'; .*; sandbox$/,
    'content-disposition': /^attachment; /,
    'x-content-type-options': 'nosniff',
  });
  const tags = new Set([...text.matchAll(/<([a-z!]+)/g)].map(([, tag]) => tag));
  t.same(
    [...tags].toSorted(),
    '! article b h header html main meta p style time title'.replace('! ', '!doctype ').split(' '),
  );
  t.match(text, '&lt;script&gt;alert(1)&lt;/script&gt;');
  t.match(text, /<meta http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;; style-src/);
});

t.test('it is for who reads the conversation', async (t) => {
  const app = await startApp(t);
  const [visitor, stranger] = [await app.visitor(), await app.visitor()];
  const { body } = await visitor.request('POST', 'messages', { to: 'support', message: { content: 'Hi' } });
  const path = `conversations/${body.conversationId}/transcript`;
  t.equal((await stranger.request('GET', path)).status, 404);
  t.equal((await visitor.request('GET', `${path}?format=pdf`)).status, 400);
});
