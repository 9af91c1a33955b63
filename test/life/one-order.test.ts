/** Many who write into one room at once: everybody sees everything, in one order, answers and events in that of rev. */
import t from 'tap';
import type { Message } from '../../src/protocol/message.ts';
import { type Actor, type Body, startApp, type TestApp } from '../helper.ts';
import { RawClient } from './raw-client.ts';

const PEOPLE = 12;
const EACH = 40;

async function room(app: TestApp, people: readonly Actor[]): Promise<string> {
  const key = await app.key('*');
  const participants = people.map(({ user }) => ({ userId: user.id }));
  const { body } = await key.request('POST', 'conversations', { kind: 'room', participants });
  return body.id;
}

/** What a line was told of the room's messages, answers and events, in the order in which it came. */
function told({ frames }: RawClient, conversationId: string): Message[] {
  const messages = frames.flatMap((frame: Body) => frame.message ?? []);
  return messages.filter((message: Message) => message.conversationId === conversationId && message.kind === 'text');
}

t.test('all who write at once see all of it, in one order', async (t) => {
  const app = await startApp(t);
  const people = await Promise.all(Array.from({ length: PEOPLE }, (_, index) => app.hostUser(`p${index}`)));
  const conversationId = await room(app, people);
  const clients = people.map((actor) => new RawClient(app.url, actor));
  const silent = new RawClient(app.url, people[0] as Actor);
  for (const client of [...clients, silent]) await client.connect();

  const sent = clients.flatMap((client, one) =>
    Array.from({ length: EACH }, (_, index) => {
      const content = `${one} ${index}`;
      // One of them has no socket for its sends: what is sent over HTTP stands in the same order.
      if (one === 0) return client.request('POST', `conversations/${conversationId}/messages`, { content });
      return client.call({ type: 'message.send', conversationId, message: { content } });
    }),
  );
  const answers = await Promise.all(sent);
  for (const client of [...clients, silent]) await client.settle();

  const history: Message[] = [];
  for (let after = 0; ; after = history.length) {
    const { body } = await (people[1] as Actor).request(
      'GET',
      `conversations/${conversationId}/messages?after=${after}&limit=200`,
    );
    if (body.items.length === 0) break;
    history.push(...body.items);
  }
  t.equal(history.length, PEOPLE * EACH);
  t.same(
    history.map(({ seq }) => seq),
    history.map((_, index) => index + 1),
    'seq has no hole',
  );
  for (const [index, client] of [...clients, silent].entries()) {
    t.same(told(client, conversationId), history, `line ${index} was told the same, once each, in the same order`);
    t.same(client.faults, [], `line ${index} was told every rev in its place`);
  }
  t.equal(
    answers.filter((answer) => (answer.type ?? answer.status) === 'ok' || answer.status === 201).length,
    PEOPLE * EACH,
    'and every send was acknowledged',
  );
  for (const [one] of clients.entries()) {
    if (one === 0) continue;
    const own = history.filter(({ content }) => content?.startsWith(`${one} `)).map(({ content }) => content);
    t.same(
      own,
      Array.from({ length: EACH }, (_, index) => `${one} ${index}`),
      `${one} wrote in the order of sending`,
    );
  }
});

t.test(
  'everything that a line sends in one breath is answered in the order of its revs, reads among them',
  async (t) => {
    const app = await startApp(t);
    const [vera, other] = [await app.visitor(), await app.member('agent', 'ann')];
    const client = new RawClient(app.url, vera);
    await client.connect();
    const first = await client.call({ type: 'message.send', to: 'support', message: { content: 'first' } });
    const { conversationId } = first.message;
    await client.open(conversationId);
    const agent = new RawClient(app.url, other, { inbox: true });
    await agent.connect();

    const doing: Promise<Body>[] = [];
    for (let index = 0; index < 60; index += 1) {
      doing.push(client.call({ type: 'message.send', conversationId, message: { content: `${index}` } }));
      doing.push(agent.call({ type: 'message.send', conversationId, message: { content: `agent ${index}` } }));
      if (index % 7 === 0) doing.push(client.call({ type: 'conversation.read', conversationId, seq: index + 1 }));
      if (index % 11 === 0) {
        const since = client.thread(conversationId).held;
        doing.push(client.call({ type: 'conversation.sync', conversationId, since, epoch: client.epoch }));
      }
      if (index % 5 === 0)
        doing.push(
          client.call({ type: 'message.edit', conversationId, messageId: first.message.id, content: `e${index}` }),
        );
    }
    const answers = await Promise.all(doing);
    await client.settle();
    await agent.settle();
    t.same(
      answers.filter((answer) => answer?.type !== 'ok'),
      [],
      'each got its answer',
    );
    t.same([...client.faults, ...agent.faults], [], 'and no rev was missed, doubled or early');
    const held = client.thread(conversationId);
    const { body } = await vera.request('GET', `conversations/${conversationId}`);
    t.equal(held.held, body.rev);
    t.equal(held.messages.size, body.seq);
  },
);

t.test('who comes while others write has all of it: what was there, and what follows', async (t) => {
  const app = await startApp(t);
  const [writer, reader] = [await app.hostUser('writer'), await app.hostUser('reader')];
  const conversationId = await room(app, [writer, reader]);
  const client = new RawClient(app.url, writer);
  await client.connect();
  let coming = true;
  let written = 0;
  const write = async () => {
    while (coming) {
      written += 1;
      await client.call({ type: 'message.send', conversationId, message: { content: `${written}` } });
    }
  };
  const writing = Promise.all([write(), write(), write(), write()]);
  const newcomers: RawClient[] = [];
  for (let index = 0; index < 15; index += 1) {
    const newcomer = new RawClient(app.url, reader);
    await newcomer.connect();
    await newcomer.open(conversationId);
    newcomers.push(newcomer);
  }
  coming = false;
  await writing;
  for (const [index, newcomer] of newcomers.entries()) {
    await newcomer.settle();
    const seqs = [...newcomer.thread(conversationId).messages.values()].map(({ seq }) => seq).toSorted((a, b) => a - b);
    const from = seqs[0] ?? 1;
    t.equal(seqs.at(-1), written, `newcomer ${index} has the last one`);
    t.same(
      seqs,
      seqs.map((_, place) => from + place),
      `newcomer ${index} has everything from ${from} on`,
    );
    t.same(newcomer.faults, []);
    newcomer.cut();
  }
});
