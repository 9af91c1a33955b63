import t from 'tap';
import { startApp } from '../helper.ts';

t.test('the team reads them, admins write them, and a shortcut finds one', async (t) => {
  const { admin, member } = await startApp(t);
  const [ada, pat] = [await admin(), await member('peer', 'pat')];
  const made = await ada.request('POST', 'canned-replies', {
    shortcut: 'hello',
    text: '  Good day,\r\nhow can we help?  ',
  });
  t.match(made, { status: 201, body: { shortcut: 'hello', text: 'Good day,\nhow can we help?' } });
  const other = (await ada.request('POST', 'canned-replies', { shortcut: 'bye', text: 'Bye' })).body;
  t.same((await pat.request('GET', 'canned-replies')).body, { items: [other, made.body], next: null });
  const first = (await pat.request('GET', 'canned-replies?limit=1')).body;
  t.same(first.items, [other]);
  t.same((await pat.request('GET', `canned-replies?limit=1&cursor=${first.next}`)).body, {
    items: [made.body],
    next: null,
  });
  t.same((await pat.request('GET', `canned-replies/${made.body.id}`)).body, made.body);
  t.equal((await pat.request('PATCH', `canned-replies/${made.body.id}`, { text: 'Hi' })).status, 403);
  t.equal((await ada.request('DELETE', `canned-replies/${other.id}`)).status, 204);
  t.equal((await pat.request('GET', `canned-replies/${other.id}`)).status, 404);
  t.match((await ada.request('GET', 'audit?limit=1')).body.items, [
    { action: 'cannedReply.delete', target: { type: 'cannedReply', id: other.id } },
  ]);
});

t.test('a shortcut is one reply’s, also of two that come at once, until it is given up', async (t) => {
  const { admin } = await startApp(t);
  const ada = await admin();
  const make = (shortcut: string) => ada.request('POST', 'canned-replies', { shortcut, text: shortcut });
  const both = await Promise.all([make('hello'), make('hello'), make('hello')]);
  t.same(both.map(({ status }) => status).toSorted(), [201, 409, 409]);
  const taken = { status: 409, body: { code: 'IN_USE', details: { path: 'shortcut' } } };
  t.match(await make('hello'), taken);
  const bye = (await make('bye')).body;
  t.match(await ada.request('PATCH', `canned-replies/${bye.id}`, { shortcut: 'hello' }), taken);
  t.equal((await ada.request('PATCH', `canned-replies/${bye.id}`, { shortcut: 'bye', text: 'Bye' })).body.text, 'Bye');
  const hello = both.find(({ status }) => status === 201)?.body;
  await ada.request('PATCH', `canned-replies/${hello.id}`, { shortcut: 'welcome' });
  t.equal((await ada.request('PATCH', `canned-replies/${bye.id}`, { shortcut: 'hello' })).status, 200);
  await ada.request('DELETE', `canned-replies/${bye.id}`);
  t.equal((await make('hello')).status, 201);
  t.equal((await make('Hello')).status, 201, 'as it is typed');
});

t.test('what one must not be made of', async (t) => {
  const { admin } = await startApp(t);
  const ada = await admin();
  const rows: [body: object, path: string][] = [
    [{ text: 'Hi' }, 'shortcut'],
    [{ shortcut: 'hi' }, 'text'],
    [{ shortcut: '', text: 'Hi' }, 'shortcut'],
    [{ shortcut: 'two words', text: 'Hi' }, 'shortcut'],
    [{ shortcut: 'x'.repeat(51), text: 'Hi' }, 'shortcut'],
    [{ shortcut: 'hi', text: ' \n ' }, 'text'],
    [{ shortcut: 'hi', text: 'x'.repeat(10_001) }, 'text'],
    [{ shortcut: 'hi', text: 'a\u0000b' }, 'text'],
    [{ shortcut: 'hi', text: 'Hi', id: 'mine' }, 'id'],
  ];
  for (const [body, path] of rows) {
    const answer = await ada.request('POST', 'canned-replies', body);
    t.match(
      answer,
      { status: 400, body: { code: 'VALIDATION', details: { path } } },
      JSON.stringify(body).slice(0, 60),
    );
  }
});
