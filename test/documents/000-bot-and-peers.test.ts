/**
 * Document 000: a user talks with an automated agent behind an n8n webhook, or with a volunteer; both kinds of talk
 * are logged, and listed by kind. Its holes: identity by `?userId=`, a check that a missing parameter skips, an author
 * chosen by the client, ids that can be guessed, somebody else's session joined by its id.
 */
import t from 'tap';
import { startServer } from '../conformance/server.ts';
import type { Body } from '../helper.ts';
import { n8n, withBot } from './n8n.ts';

t.test('one call asks the bot and brings its reply; both are kept', async (t) => {
  const webhook = await n8n(t, ({ chatInput }) => ({ body: [{ output: `You said: ${chatInput}` }] }));
  const server = await withBot(t, webhook.url);
  const user = await server.hostUser('user-7', { name: 'Una' });

  const { status, body } = await user.post('messages?wait=reply', {
    to: 'support',
    message: { content: 'How do I sleep better?' },
  });
  t.equal(status, 201);
  t.match(body.message, {
    seq: 1,
    content: 'How do I sleep better?',
    author: { name: 'Una', role: 'user' },
    ai: false,
  });
  t.match(body.reply, {
    content: 'You said: How do I sleep better?',
    author: { name: 'Helper', role: 'bot' },
    ai: true,
  });
  t.match(webhook.asked[0], {
    action: 'sendMessage',
    sessionId: body.message.conversationId,
    chatInput: 'How do I sleep better?',
  });

  const { body: history } = await user.get(`conversations/${body.message.conversationId}/messages`);
  t.same(
    history.items.map(({ seq, author }: Body) => [seq, author.role]),
    [
      [1, 'user'],
      [2, 'bot'],
    ],
    'both are logged, ordered by seq',
  );
});

t.test('a webhook that fails answers 502, and the message is kept all the same', async (t) => {
  const webhook = await n8n(t, () => ({ status: 400, body: { error: 'no' } }));
  const server = await withBot(t, webhook.url);
  const user = await server.hostUser('user-8');
  const { status, body } = await user.post('messages?wait=reply', { to: 'support', message: { content: 'Hello?' } });
  t.equal(status, 502);
  t.equal(body.code, 'BOT_FAILED');
  const kept = body.details.message;
  t.match(kept, { content: 'Hello?', seq: 1 });
  const { body: history } = await user.get(`conversations/${kept.conversationId}/messages`);
  t.match(history.items[0], { id: kept.id, content: 'Hello?' });

  const agent = await server.member('agent', 'ann');
  const { body: seen } = await agent.get(`conversations/${kept.conversationId}`);
  t.equal(seen.assignee, null, 'and a person finds it in the queue');
  t.type(seen.waiting, 'number');
});

t.test('a talk with a volunteer waits until one claims it, or begins with the one that was chosen', async (t) => {
  const server = await startServer(t);
  const [admin, pat, pia] = [
    await server.admin(),
    await server.member('peer', 'pat'),
    await server.member('peer', 'pia'),
  ];
  const user = await server.hostUser('user-9', { name: 'Una' });
  const asked = await user.post('messages', { to: { queue: 'peer' }, message: { content: 'May I talk to somebody?' } });
  t.equal(asked.status, 201);
  const id = asked.body.conversationId;
  t.match((await user.get(`conversations/${id}`)).body, { queue: 'peer', assignee: null });

  const claims = await Promise.all([pat, pia].map((peer) => peer.post(`conversations/${id}/claim`)));
  t.same(claims.map(({ status }) => status).sort(), [200, 409], 'two at once: one wins');
  t.equal(claims.find(({ status }) => status === 409)?.body.code, 'ALREADY_CLAIMED');
  const [winner, loser] = claims[0]?.status === 200 ? [pat, pia] : [pia, pat];
  t.equal((await loser.get(`conversations/${id}`)).status, 404, 'it is the other one’s now');
  const line = await user.connect();
  await winner.post(`conversations/${id}/messages`, { content: 'I am here.' });
  t.match(await line.event('message.created'), { message: { author: { role: 'peer' }, ai: false } });

  await admin.patch('settings', { offered: [pia.id] });
  const offered = (await server.request('GET', 'widget/config')).body.offered;
  t.match(offered, [{ id: pia.id, name: 'pia', role: 'peer' }]);
  t.notOk('email' in offered[0]);
  const chosen = await user.post('conversations', { kind: 'support', queue: 'peer', assigneeId: pia.id });
  t.equal(chosen.status, 201);
  t.match(chosen.body.assignee, { id: pia.id });
  t.equal(
    (await user.post('conversations', { kind: 'support', queue: 'peer', assigneeId: pat.id })).status,
    403,
    'nobody is chosen whom the team does not offer',
  );
});

t.test("a user's talks are listed by their kind, newest activity first, page by page", async (t) => {
  const server = await startServer(t);
  const user = await server.hostUser('user-10');
  const ids: string[] = [];
  for (const queue of ['agent', 'peer', 'agent', 'agent']) {
    const { body } = await user.post('conversations', { kind: 'support', queue });
    await user.post(`conversations/${body.id}/messages`, { content: queue });
    ids.push(body.id);
  }
  const listed = async (query: string) => (await user.get(`conversations?${query}`)).body;
  const [first = '', peers = '', third = '', fourth = ''] = ids;
  const page = await listed('queue=agent&limit=2');
  t.same(
    page.items.map(({ id }: Body) => id),
    [fourth, third],
  );
  const rest = await listed(`queue=agent&limit=2&cursor=${page.next}`);
  t.same(
    rest.items.map(({ id }: Body) => id),
    [first],
  );
  t.equal(rest.next, null);
  t.same(
    (await listed('queue=peer')).items.map(({ id }: Body) => id),
    [peers],
  );
});

t.test('nobody is who the address says: the holes are closed', async (t) => {
  const server = await startServer(t);
  const [una, eve] = [await server.hostUser('una'), await server.hostUser('eve')];
  const { body: kept } = await una.post('messages', { to: 'support', message: { content: 'only for the team' } });
  const id = kept.conversationId;

  for (const query of [`userId=${una.id}`, 'userId[$ne]=x', 'sessionId=1']) {
    const { status, body } = await eve.get(`conversations?${query}`);
    t.equal(status, 400, query);
    t.equal(body.code, 'VALIDATION');
  }
  t.equal((await server.request('GET', `conversations/${id}/messages`)).status, 401, 'nobody is asked who they are');
  t.same((await eve.get('conversations')).body.items, []);
  const stranger = await eve.get(`conversations/${id}/messages`);
  const nothing = await eve.get(`conversations/${una.id}/messages`);
  t.equal(stranger.status, 404);
  t.same(stranger.body, nothing.body, 'what is not for them is as what is not there');

  for (const more of [
    { from: 'peer' },
    { role: 'bot' },
    { author: una.id },
    { userId: una.id },
    { createdAt: kept.createdAt },
  ]) {
    const { status } = await eve.post('messages', { to: 'support', message: { content: 'Hi', ...more } });
    t.equal(status, 400, `${Object.keys(more)} is no field of a message`);
  }
  const taken = await eve.post('conversations', { kind: 'support', id });
  t.equal(taken.status, 409);
  t.equal(taken.body.code, 'IN_USE', 'an id that is another’s opens nothing');
  t.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/, 'and is no counter');
});
