import t from 'tap';
import { systemClock } from '../../../src/web/sdk/clock.ts';
import type { TransportName } from '../../../src/web/sdk/line.ts';
import { startApp } from '../../helper.ts';
import { client, contents, until } from './live.ts';
import { startProxy } from './proxy.ts';

const clock = { ...systemClock, random: () => 0 };

for (const transport of ['ws', 'sse', 'poll'] as const) {
  t.test(`by ${transport}: write, hear, edit, delete, read, note, catch up`, async (t) => {
    const app = await startApp(t);
    const [visitor, agent] = await Promise.all([app.visitor(), app.member('agent', 'Aiko')]);
    const proxy = await startProxy(t, app.url);
    const theirs = client(t, proxy.url, visitor.token, { transport, clock });
    const ours = client(t, proxy.url, agent.token, { transport, clock, inbox: true });
    await Promise.all([theirs.connect(), ours.connect()]);
    t.match(theirs.state, { name: 'online', transport });

    const first = await theirs.send({ to: 'support' }, 'one').done;
    const id = first.conversationId;
    await until(theirs, 'one’s own', () => theirs.conversations.get(id) !== undefined);
    await theirs.conversations.open(id);
    await until(ours, 'the team has it', () => ours.conversations.get(id)?.my?.unread === 1);
    await ours.conversations.open(id);
    const answer = await ours.send(id, 'two').done;
    await until(theirs, 'the answer', () => contents(theirs, id).length === 2);
    t.equal(theirs.conversations.get(id)?.my?.unread, 1);
    theirs.read(id, 2);
    await until(theirs, 'it is read', () => theirs.conversations.get(id)?.my?.unread === 0);
    await ours.edit(id, answer.id, 'two, better');
    await until(theirs, 'the edit', () => contents(theirs, id)[1] === 'two, better');
    await theirs.delete(id, first.id);
    await until(ours, 'the deletion', () => contents(ours, id)[0] === null);
    const side = ours.conversations.get(id)?.team?.id as string;
    await ours.conversations.open(side);
    await ours.send(side, 'a note').done;
    await until(ours, 'the note', () => contents(ours, side).includes('a note'));

    proxy.refuse(true);
    await until(theirs, 'no line', () => theirs.state.name === 'reconnecting');
    const late = theirs.send(id, 'three');
    proxy.refuse(false);
    await late.done;
    await until(ours, 'the team has it too', () => contents(ours, id).length === 3);
    await until(theirs, 'so has the customer', () => contents(theirs, id).length === 3);
    t.same(theirs.conversations.messages(id), ours.conversations.messages(id));
    t.equal(theirs.conversations.get(id)?.my?.unread, 0);
    await until(ours, 'the count', () => ours.conversations.get(id)?.my?.unread === 1);
  });
}

const blocked: [string, TransportName, (proxy: Awaited<ReturnType<typeof startProxy>>) => void][] = [
  ['a proxy that refuses WebSockets', 'sse', (proxy) => proxy.block('/v1/ws')],
  ['a proxy that lets an upgrade hang', 'sse', (proxy) => proxy.gather('/v1/ws')],
  [
    'a proxy that gathers streams too',
    'poll',
    (proxy) => {
      proxy.block('/v1/ws');
      proxy.gather('/v1/events');
    },
  ],
];
for (const [name, transport, spoil] of blocked) {
  t.test(`behind ${name} it goes on by ${transport}`, async (t) => {
    const app = await startApp(t);
    const proxy = await startProxy(t, app.url);
    spoil(proxy);
    const visitor = await app.visitor();
    const made = client(t, proxy.url, visitor.token, { clock, timeouts: { openMs: 500 } });
    await made.connect();
    t.match(made.state, { name: 'online', transport });
    const { conversationId } = await made.send({ to: 'support' }, 'through').done;
    await until(made, 'it is there', () => made.conversations.get(conversationId)?.last?.text === 'through');
  });
}

t.test('a stream tells typing and presence of whom one asked for', async (t) => {
  const app = await startApp(t);
  const [visitor, agent] = await Promise.all([app.visitor({ name: 'Vera' }), app.member('agent', 'Aiko')]);
  const theirs = client(t, app.url, visitor.token);
  const ours = client(t, app.url, agent.token, { transport: 'sse', inbox: true });
  await Promise.all([theirs.connect(), ours.connect()]);
  const { conversationId } = await theirs.send({ to: 'support' }, 'Hello').done;
  await until(ours, 'the conversation', () => ours.conversations.get(conversationId) !== undefined);
  const looks = new Promise((resolve) => theirs.on('event', resolve));
  ours.view(conversationId, true);
  const seen: unknown[] = [];
  ours.on('presence', (users) => seen.push(...users));
  await ours.watchPresence([visitor.user.id]);
  await until(ours, 'presence', () => seen.length > 0);
  t.match(seen, [{ id: visitor.user.id, state: 'online' }]);
  const say = setInterval(() => theirs.typing(conversationId), 50);
  t.teardown(() => clearInterval(say));
  await until(ours, 'typing', () => ours.typists(conversationId).length === 1);
  ours.typing(conversationId);
  await looks;
});
