/** What an open line makes of its events is what one would read anew, after each thing that can happen. */
import t, { type Test } from 'tap';
import { Event } from '../../src/protocol/events.ts';
import { type Actor, startApp, type TestApp } from '../helper.ts';
import { differences, type Fresh, freshState } from './fresh-state.ts';
import { happenings, type Made, makePeople, type People } from './happenings.ts';
import { RawClient } from './raw-client.ts';

/** They may be lost, so that no state stands on them; what they tell is tried where they are. */
const PASSING = new Set(['message.delta', 'typing', 'viewer', 'presence', 'bye']);

const roles = {
  'the customer': ['vera', {}],
  'the customer’s other device': ['vera', {}],
  'an agent with the inbox': ['ann', { inbox: true }],
  'an agent without it': ['abe', {}],
  'an agent who looks at it': ['abe', {}],
  'a peer with the inbox': ['pia', { inbox: true }],
  'a peer without it': ['pia', {}],
  'a moderator of the room': ['una', {}],
  'a member of the room': ['ulf', {}],
} as const satisfies Record<string, [keyof People, { inbox?: boolean }]>;

async function connectAll(app: TestApp, people: People): Promise<Map<string, RawClient>> {
  const clients = new Map<string, RawClient>();
  for (const [role, [who, options]] of Object.entries(roles)) {
    const client = new RawClient(app.url, people[who], options);
    await client.connect();
    clients.set(role, client);
  }
  return clients;
}

function made(): Made {
  return { support: '', side: '', peers: '', room: '', direct: '', messages: {} };
}

/** Everybody opens what they know and have not opened; one agent keeps it before their eyes. */
async function openAll(clients: Map<string, RawClient>): Promise<void> {
  for (const [role, client] of clients) {
    for (const { id, team, kind } of client.conversations.values()) {
      for (const thread of [id, team?.id]) {
        if (thread !== undefined && client.thread(thread).held === 0) await client.open(thread);
      }
      if (role === 'an agent who looks at it' && kind === 'support') {
        await client.call({ type: 'conversation.view', conversationId: id, viewing: true });
      }
    }
    await client.settle();
  }
}

async function sameAsFresh(t: Test, role: string, client: RawClient, live: boolean): Promise<void> {
  await client.settle();
  const only = (conversation: Parameters<RawClient['hears']>[0]) => client.hears(conversation);
  const found = differences(client, await freshState(client.actor), live ? { live, only } : { live });
  t.same(found, [], role);
}

t.test('events applied to what was held are what is read anew, for every role and happening', async (t) => {
  const app = await startApp(t, { direct: 'everybody' });
  const people = await makePeople(app);
  const clients = await connectAll(app, people);
  const left: { after: string; role: string; client: RawClient }[] = [];
  const [heard, so] = [new Set<string>(), made()];
  for (const [name, happen] of Object.entries(happenings)) {
    await t.test(name, async (t) => {
      await happen(people, so);
      for (const [role, client] of clients) await sameAsFresh(t, role, client, true);
      await openAll(clients);
      for (const [role, client] of clients) left.push({ after: name, role, client: client.fork() });
    });
  }

  await t.test('who was away since any of them ends with the same', async (t) => {
    const fresh = new Map<Actor, Fresh>();
    for (const { after, role, client } of left) {
      await client.connect();
      await client.settle();
      const now = fresh.get(client.actor) ?? (await freshState(client.actor));
      fresh.set(client.actor, now);
      const found = differences(client, now, { live: false });
      if (found.length > 0) t.fail(`${role}, away since: ${after}`, { found });
      client.cut();
    }
    t.equal(left.length, Object.keys(happenings).length * clients.size);
  });

  await t.test('what one changes about oneself is told to all one’s lines', async (t) => {
    const [one, other] = [clients.get('the customer'), clients.get('the customer’s other device')];
    await people.vera.request('PATCH', 'me', { name: 'Vera Anders' });
    for (const client of [one, other]) {
      await client?.settle();
      t.same(client?.me, (await people.vera.request('GET', 'me')).body);
    }
  });

  await t.test('the numbers over the inbox are those that are counted anew', async (t) => {
    const ann = clients.get('an agent with the inbox') as RawClient;
    const before = ann.counts;
    await people.vera.request('POST', 'messages', { to: { queue: 'peer' }, message: { content: 'Anybody?' } });
    await people.key.request('PATCH', `conversations/${so.support}`, { status: 'closed' });
    const asked = await ann.call({ type: 'inbox.watch' });
    await ann.until((event) => event.type === 'inbox.counts' && event !== before);
    const { type, ...counts } = ann.counts;
    t.same(counts, asked.counts);
  });

  await t.test('every durable event was among them', async (t) => {
    for (const client of clients.values()) for (const { type } of client.events) heard.add(type);
    const types = Event.anyOf.flatMap(({ properties: { type } }) => ('enum' in type ? type.enum : [type.const]));
    t.same(
      types.filter((type) => !PASSING.has(type) && !heard.has(type)),
      [],
    );
  });
  for (const client of clients.values()) client.cut();
});
