/** Who may read a conversation is not told all of it: what only the team may know, field by field, by every door. */
import t from 'tap';
import { type Actor, type Body, callers } from '../helper.ts';
import { openStream } from '../ws/stream.ts';
import { castFor, must } from './cast.ts';
import { table } from './table.ts';

/** `sees` or `-`; what nobody is told with a conversation stands here too. */
const SECRETS = table(`
                             customer | peer:charge peer:queue bot:charge | agent admin key
  a note of the team         -          sees        -          -            sees  sees  sees
  the side conversation      -          sees        -          -            sees  sees  sees
  the page                   -          sees        -          -            sees  sees  sees
  the user agent             -          -           -          -            sees  sees  sees
  the customer's e-mail      -          -           -          -            -     -     -
  the customer's fields      -          -           -          -            -     -     -
  the customer's externalId  -          -           -          -            -     -     -
  an agent's e-mail          -          -           -          -            -     -     -
`);

const AGENT = 'a browser that nobody has';

t.test('what is told of a conversation', async (t) => {
  const cast = await castFor(t);
  const { people, app, keys } = cast;
  const customer = callers(t, app.url).actor(people.guest.token, people.guest.user);
  const ask = (path: string, body: object) =>
    customer.request('POST', path, body, { 'user-agent': AGENT }).then(must) as Promise<Body>;
  must(await customer.request('PATCH', 'me', { email: 'secret@example.com', fields: { plan: 'a secret plan' } }));
  const answering = await app.member('agent', 'answering');

  /** A conversation that somebody is in charge of, with everything in it that may not be told. */
  async function made(name: string, queue: 'agent' | 'peer', inCharge: Actor | null) {
    const page = `https://example.com/secret/${name}`;
    must(await customer.request('PUT', 'presence', { state: 'online', context: { page } }));
    const { id } = await ask('conversations', { kind: 'support', queue });
    await ask(`conversations/${id}/messages`, { content: 'Hi' });
    const { team } = must(await people.admin.request('GET', `conversations/${id}`));
    must(await answering.request('POST', `conversations/${id}/messages`, { content: 'Hello' }));
    must(
      await answering.request('POST', `conversations/${team.id}/messages`, { content: `a note of ours on ${name}` }),
    );
    const assigneeId = inCharge === null ? null : inCharge.user.id;
    must(await people.admin.request('PATCH', `conversations/${id}`, { assigneeId }));
    const secrets = {
      'a note of the team': `a note of ours on ${name}`,
      'the side conversation': team.id,
      'the page': page,
      'the user agent': AGENT,
      "the customer's e-mail": 'secret@example.com',
      "the customer's fields": 'a secret plan',
      "the customer's externalId": '"externalId":"guest"',
      "an agent's e-mail": 'answering@example.com',
    };
    return { id: id as string, side: team.id as string, secrets };
  }

  /** By HTTP: all that tells of the conversation. The answers to others' ids are none. */
  async function readings({ token }: { token: string }, { id, side }: { id: string; side: string }): Promise<string> {
    const paths = [
      ...['', '/messages', '/sync', '/participants'].map((path) => `conversations/${id}${path}`),
      ...['/messages', '/sync'].map((path) => `conversations/${side}${path}`),
      'conversations',
      'changes',
      'unread',
    ];
    const answers = await Promise.all(paths.map((path) => app.request('GET', path, undefined, token)));
    return JSON.stringify(answers.filter(({ status }) => status === 200).map(({ body }) => body));
  }

  /** By lines: hello, what it brings, and what is told while everything happens once more. */
  async function hearing(actor: Actor, { id, side }: { id: string; side: string }): Promise<string> {
    const team = ['agent', 'admin', 'peer'].includes(actor.user.role);
    const line = await actor.connect({ inbox: team });
    const stream = await openStream(t, app.url, actor, `?view=${id}${team ? '&inbox=true' : ''}`);
    for (const conversationId of [id, side]) {
      await line.call({ type: 'conversation.sync', conversationId, since: 0 });
      await line.call({ type: 'conversation.view', conversationId, viewing: true });
    }
    await ask(`conversations/${id}/messages`, { content: 'Still there?' });
    must(await people.admin.request('POST', `conversations/${side}/messages`, { content: 'a note of ours, too' }));
    must(await people.admin.request('PATCH', `conversations/${id}`, { subject: `for ${actor.user.role}` }));
    must(await people.admin.request('POST', `conversations/${id}/read`, { seq: 1 }));
    await line.event(({ type, conversationId }) => type === 'conversation.updated' && conversationId === id);
    await stream.event('conversation.updated');
    stream.close();
    // Who they are themselves everybody is told.
    const frames = [...line.frames, ...stream.blocks.map(({ event }) => event)];
    return JSON.stringify(frames.map((frame) => (frame?.type === 'welcome' ? { ...frame, user: null } : frame)));
  }

  const { agent, admin, peer, bot } = people;
  const viewers: Record<string, { actor: Actor; queue?: 'peer'; inCharge: Actor | null }> = {
    customer: { actor: customer, inCharge: answering },
    'peer:charge': { actor: peer, inCharge: peer },
    'peer:queue': { actor: peer, queue: 'peer', inCharge: null },
    'bot:charge': { actor: bot, inCharge: bot },
    agent: { actor: agent, inCharge: answering },
    admin: { actor: admin, inCharge: answering },
    key: { actor: { ...admin, token: keys.conversations }, inCharge: answering },
  };
  for (const [column, { actor, queue = 'agent', inCharge }] of Object.entries(viewers)) {
    const conversation = await made(column, queue, inCharge);
    const told = [
      await readings(actor, conversation),
      ...(column === 'key' ? [] : [await hearing(actor, conversation)]),
    ];
    for (const [index, text] of told.entries()) {
      const seen = Object.entries(conversation.secrets).map(([what, secret]) => [
        what,
        text.includes(secret) ? 'sees' : '-',
      ]);
      const expected = [...SECRETS.rows].map(([what, cells]) => [what, cells[column]]);
      t.same(Object.fromEntries(seen), Object.fromEntries(expected), `${column}, by ${index === 0 ? 'HTTP' : 'lines'}`);
    }
    must(await admin.request('PATCH', `conversations/${conversation.id}`, { status: 'closed' }));
  }
});

t.test('a key that may not read rooms changes them all the same, and is not told what was said', async (t) => {
  const { people, app, keys } = await castFor(t);
  const body = { kind: 'room', externalId: 'call-1', participants: [{ userId: people.ann.user.id }] };
  const by = (scope: keyof typeof keys) => app.actor(keys[scope], people.admin.user);
  const { id } = must(await by('conversations').request('POST', 'conversations', body));
  must(await people.ann.request('POST', `conversations/${id}/messages`, { content: 'between us' }));
  const again = await by('conversations').request('POST', 'conversations', body);
  const patched = await by('conversations').request('PATCH', `conversations/${id}`, { subject: 'Call' });
  for (const { status, body } of [again, patched]) {
    t.match([status, body], [200, { id, last: null }]);
    t.notMatch(JSON.stringify(body), /between us/);
  }
  t.match((await by('*').request('POST', 'conversations', body)).body, { id, last: { text: 'between us' } });
});

t.test('a forged cursor brings nothing that is not for who brings it', async (t) => {
  const { people } = await castFor(t);
  const { admin, visitor, customer } = people;
  must(await customer.request('POST', 'messages', { to: 'support', message: { content: 'for the team' } }));
  const own = must(await visitor.request('POST', 'conversations', { kind: 'support' })).id;
  const { cursor } = must(await visitor.request('GET', 'changes'));
  const [epoch, user, role] = Buffer.from(cursor, 'base64url').toString().split('.');
  const forged = (parts: unknown[]) => Buffer.from(parts.join('.')).toString('base64url');
  const theirs = must(await admin.request('GET', 'changes')).cursor;
  const { next } = must(await admin.request('GET', 'conversations?limit=1'));
  const cursors: Record<string, string> = {
    "an admin's": theirs,
    'an own one as an admin': forged([epoch, user, 'admin', 1]),
    'an own one from the beginning': forged([epoch, user, role, 1]),
    "an admin's from the beginning": forged([epoch, admin.user.id, 'admin', 1]),
    'one of another file': forged([admin.user.id, user, role, 1]),
    nonsense: 'ünglaublich',
  };
  for (const [what, one] of Object.entries(cursors)) {
    const query = `changes?cursor=${encodeURIComponent(one)}`;
    const { conversations, removed } = must(await visitor.request('GET', query));
    t.same([conversations.map(({ id }: { id: string }) => id), removed], [[own], []], what);
  }
  const { items } = must(await visitor.request('GET', `conversations?cursor=${next}`));
  t.ok(
    items.every(({ id }: { id: string }) => id === own),
    "a place in an admin's list",
  );
});
