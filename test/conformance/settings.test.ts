import { randomUUIDv7 } from 'node:crypto';
import t from 'tap';
import { startServer } from './server.ts';
import { ask, look, say } from './words.ts';

const EMPTY = {
  firstAssignee: { agent: null, peer: null },
  offered: [],
  retentionDays: null,
  hours: null,
  away: '',
  look: {},
  texts: {},
  typingText: false,
};

t.test(
  'what was never set is as at the beginning; a patch replaces what it names, of firstAssignee by queue',
  async (t) => {
    const server = await startServer(t);
    const [admin, pat] = [await server.admin(), await server.member('peer', 'pat')];
    t.same((await admin.get('settings')).body, EMPTY);
    t.same((await admin.patch('settings', {})).body, EMPTY);
    const look = { accent: '#2f55d4', launcher: { side: 'left' } };
    await admin.patch('settings', { look, away: 'Back on Monday', firstAssignee: { peer: pat.id.toUpperCase() } });
    await admin.patch('settings', { look: { accent: '#000000' }, firstAssignee: { agent: admin.id } });
    const now = {
      ...EMPTY,
      look: { accent: '#000000' },
      away: 'Back on Monday',
      firstAssignee: { agent: admin.id, peer: pat.id },
    };
    t.same((await admin.get('settings')).body, now);
    t.same((await admin.patch('settings', { firstAssignee: { agent: null } })).body.firstAssignee, {
      agent: null,
      peer: pat.id,
    });
  },
);

t.test('every field is checked, and the refusal names it and its rule', async (t) => {
  const server = await startServer(t);
  const [admin, ann] = [await server.admin(), await server.visitor()];
  const hours = (more: object) => ({ hours: { timeZone: 'Europe/Berlin', week: [], holidays: [], ...more } });
  const rows: [body: object, path: string, rule: RegExp][] = [
    [{ firstAssignee: { agent: ann.id } }, 'firstAssignee.agent', /active peer, agent, admin or bot/],
    [{ firstAssignee: { everybody: null } }, 'firstAssignee.everybody', /not known/],
    [{ firstAssignee: null }, 'firstAssignee', /./],
    [{ offered: [admin.id, randomUUIDv7()] }, 'offered.1', /active peer, agent, admin or bot/],
    [{ offered: [admin.id, admin.id.toUpperCase()] }, 'offered', /different/],
    [{ offered: Array.from({ length: 51 }, () => randomUUIDv7()) }, 'offered', /at most 50/],
    [{ typingText: 'yes' }, 'typingText', /./],
    [{ retentionDays: 0 }, 'retentionDays', /1/],
    [{ retentionDays: 1.5 }, 'retentionDays', /whole number/],
    [hours({ timeZone: 'Mars/Olympus' }), 'hours.timeZone', /time zone/],
    [hours({ week: [{ day: 8, from: '09:00', to: '17:00' }] }), 'hours.week.0.day', /7/],
    [hours({ week: [{ day: 1, from: '9:00', to: '17:00' }] }), 'hours.week.0.from', /09:00/],
    [hours({ week: [{ day: 1, from: '17:00', to: '09:00' }] }), 'hours.week.0.to', /later/],
    [hours({ week: [{ day: 1, from: '09:00', to: '24:01' }] }), 'hours.week.0.to', /24:00/],
    [hours({ holidays: ['2026-02-30'] }), 'hours.holidays.0', /exists/],
    [{ hours: { timeZone: 'UTC' } }, 'hours.week', /required/],
    [{ away: 'x'.repeat(1001) }, 'away', /1000/],
    [{ away: 'a\u0000b' }, 'away', /control/],
    [{ look: [] }, 'look', /object/],
    [{ look: { a: 'x'.repeat(33_000) } }, 'look', /32768 bytes/],
    [{ texts: { greeting: 7 } }, 'texts.greeting', /text/],
    [
      { texts: Object.fromEntries(Array.from({ length: 40 }, (_, at) => [at, 'x'.repeat(1990)])) },
      'texts',
      /65536 bytes/,
    ],
    [{ theme: 'dark' }, 'theme', /not known/],
  ];
  for (const [body, path, rule] of rows) {
    const answer = await admin.patch('settings', body);
    t.match(
      answer,
      { status: 400, body: { code: 'VALIDATION', details: { path, rule } } },
      JSON.stringify(body).slice(0, 80),
    );
  }
  t.same((await admin.get('settings')).body, EMPTY, 'and nothing of it was kept');
});

t.test('a queue’s first assignee answers new conversations that name none, as long as they can', async (t) => {
  const server = await startServer(t);
  const [admin, bob, pat] = [
    await server.admin(),
    await server.member('agent', 'bob'),
    await server.member('peer', 'pat'),
  ];
  await admin.patch('settings', { firstAssignee: { agent: bob.id } });
  const [ann, dan] = [await server.visitor(), await server.visitor()];
  const line = await bob.connect();
  const id = await ask(ann);
  const told = await line.event('conversation.created');
  t.match(told, { conversationId: id, conversation: { assignee: { id: bob.id }, waiting: null, rev: 1 } });
  t.match(await look(admin, id), { assignee: { id: bob.id }, queue: 'agent' });
  const { team } = await look(admin, id);
  const side = (await admin.get(`conversations/${team.id}/messages`)).body.items;
  t.match(side, [{ seq: 1, rev: 2, system: { code: 'assigned', by: null, to: { id: bob.id } } }]);
  const peers = await dan.post('conversations', { kind: 'support', queue: 'peer' });
  t.equal(peers.body.assignee, null, 'the other queue has none');
  const begun = await admin.post('conversations', { kind: 'support', customerId: dan.id });
  t.equal(begun.body.assignee, null, 'what the team begins is its own');
  const named = await admin.post('conversations', { kind: 'support', customerId: dan.id, assigneeId: pat.id });
  t.equal(named.body.assignee.id, pat.id);
  await admin.post(`users/${bob.id}/block`);
  const later = await server.visitor();
  t.match(await look(admin, await ask(later)), { assignee: null, waiting: Number }, 'who is blocked answers nobody');
});

t.test('a customer may choose whom the settings offer, and is told of nobody else', async (t) => {
  const server = await startServer(t);
  const [admin, pat, eve, ann] = [
    await server.admin(),
    await server.member('peer', 'pat'),
    await server.member('peer', 'eve'),
    await server.visitor(),
  ];
  await admin.patch('settings', { offered: [eve.id, pat.id] });
  const { offered } = (await server.request('GET', 'widget/config')).body;
  t.same(offered, [
    { id: eve.id, name: 'eve', role: 'peer' },
    { id: pat.id, name: 'pat', role: 'peer' },
  ]);
  const chosen = await ann.post('conversations', { kind: 'support', queue: 'peer', assigneeId: pat.id });
  t.match(chosen, { status: 201, body: { assignee: { id: pat.id, name: 'pat' }, queue: 'peer', waiting: null } });
  t.equal((await eve.get(`conversations/${chosen.body.id}`)).status, 404, 'another peer does not see it');
  await admin.patch(`users/${eve.id}`, { disabled: true });
  const refusals = await Promise.all(
    [admin.id, eve.id, ann.id, randomUUIDv7()].map((assigneeId) =>
      ann.post('conversations', { kind: 'support', assigneeId }),
    ),
  );
  t.match(refusals[0], { status: 403, body: { code: 'FORBIDDEN' } });
  for (const refusal of refusals) t.same(refusal.body, refusals[0]?.body, 'the same for everybody who is not offered');
  t.same(
    (await server.request('GET', 'widget/config')).body.offered.map(({ name }: { name: string }) => name),
    ['pat'],
  );
});

t.test('a page is told when the team answers, what it says meanwhile, and its looks', async (t) => {
  let now = Date.parse('2026-11-28T12:00:00Z');
  const server = await startServer(t, {}, { now: () => now });
  const admin = await server.admin();
  const week = [1, 2, 3, 4, 5].map((day) => ({ day, from: '09:00', to: '17:30' }));
  const hours = { timeZone: 'Europe/Berlin', week, holidays: ['2026-11-30'] };
  await admin.patch('settings', { hours, away: 'Back soon', look: { accent: '#111111' }, texts: { greeting: 'Hi' } });
  const config = async () => (await server.request('GET', 'widget/config')).body;
  t.match(await config(), {
    open: false,
    opensAt: '2026-12-01T08:00:00.000Z',
    away: 'Back soon',
    look: { accent: '#111111' },
    texts: { greeting: 'Hi' },
  });
  now = Date.parse('2026-12-01T08:00:00Z');
  t.match(await config(), { open: true, opensAt: null });
});

t.test('what the team does is kept: who, what, to whom, when and from where', async (t) => {
  const server = await startServer(t);
  const [admin, bob, ann] = [await server.admin(), await server.member('agent', 'bob'), await server.visitor()];
  const id = await ask(ann, 'secret words');
  const rude = await say(ann, id, 'rude words');
  await bob.post(`users/${ann.id}/block`);
  await bob.delete(`conversations/${id}/messages/${rude.id}`);
  await admin.patch('settings', { away: 'Back soon' });
  await admin.patch('settings', { away: 'Back soon' });
  const key = (await admin.post('api-keys', { name: 'k', scopes: ['users'] })).body;
  const hosts = server.person(key.key, ann.user);
  await hosts.post('users', { name: 'Carl' });
  const { items } = (await admin.get('audit')).body;
  const address = '127.0.0.1';
  t.match(items, [
    { action: 'user.create', by: null, target: { type: 'user' }, details: { role: 'user', apiKey: key.id }, address },
    { action: 'apiKey.create', by: { name: 'Admin' }, target: { type: 'apiKey', id: key.id }, address },
    { action: 'settings.patch', target: null, details: { changed: ['away'] }, address },
    {
      action: 'message.delete',
      by: { id: bob.id },
      target: { type: 'message', id: rude.id },
      details: { conversation: id },
    },
    {
      action: 'user.block',
      by: { id: bob.id, name: 'bob', role: 'agent' },
      target: { type: 'user', id: ann.id },
      address,
    },
    { action: 'user.create', by: { role: 'admin' }, target: { type: 'user', id: bob.id }, details: { role: 'agent' } },
    { action: 'user.create', by: null, address: null },
  ]);
  t.notMatch(
    JSON.stringify(items),
    /secret|rude|Carl|example\.com|correct horse/,
    'nothing of what people wrote or are',
  );

  const first = (await admin.get('audit?limit=3')).body;
  const second = (await admin.get(`audit?limit=3&cursor=${first.next}`)).body;
  const third = (await admin.get(`audit?limit=3&cursor=${second.next}`)).body;
  t.same([...first.items, ...second.items, ...third.items], items, 'pages are the list');
  t.equal(third.next, null);
  const actions = async (query: string) =>
    (await admin.get(`audit?${query}`)).body.items.map(({ action }: { action: string }) => action);
  t.same(await actions(`user=${bob.id}`), ['message.delete', 'user.block']);
  t.same(await actions(`user=${bob.id}&action=user.block`), ['user.block']);
  t.same(await actions('action=apiKey.create'), ['apiKey.create']);
  t.same(await actions(`user=${randomUUIDv7()}`), []);
  t.equal((await admin.get('audit?action=1')).status, 400);
});

t.test('one’s own deleted message is nobody’s business, and no address is kept where none may be', async (t) => {
  const server = await startServer(t, { keepAddress: false });
  const [admin, ann] = [await server.admin(), await server.visitor()];
  const id = await ask(ann);
  const mine = await say(ann, id, 'mine');
  await ann.delete(`conversations/${id}/messages/${mine.id}`);
  await admin.post(`users/${ann.id}/block`);
  t.match((await admin.get('audit?limit=1')).body.items, [{ action: 'user.block', address: null }]);
  t.same((await admin.get('audit?action=message.delete')).body.items, []);
});
