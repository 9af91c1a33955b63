/** Read marks only rise, and unread is what one would count, whatever order things come in. */

import t from 'tap';
import type { Message } from '../../src/protocol/message.ts';
import { type Actor, type Body, startApp, type TestApp } from '../helper.ts';
import fc from '../property.ts';
import { seed } from '../seed.ts';

/** Conversations with those who have marks of their own in them, all of whom write and read. */
interface Place {
  id: string;
  /** By whose key its messages are counted over. */
  history: () => Promise<Message[]>;
  people: readonly Actor[];
}

const DEEDS = ['write', 'write', 'write', 'read', 'read', 'delete', 'come or go'] as const;

interface Step {
  what: (typeof DEEDS)[number];
  who: number;
  pick: number;
  http: boolean;
  /** Done with those before it before the next begins. */
  wait: boolean;
}

const step: fc.Arbitrary<Step> = fc.record({
  what: fc.constantFrom(...DEEDS),
  who: fc.nat(2),
  pick: fc.nat(30),
  http: fc.boolean(),
  wait: fc.nat(3).map((n) => n === 0),
});

async function body(answer: Promise<{ status: number; body: Body }>): Promise<Body> {
  const { status, body } = await answer;
  if (status >= 500) throw new Error(`${status} ${JSON.stringify(body)}`);
  return body;
}

/** What of `messages` somebody has to read who has read up to `readSeq`. */
function counted(messages: readonly Message[], readSeq: number, isOwn: (message: Message) => boolean): number {
  return messages.filter(
    (message) => message.seq > readSeq && message.kind !== 'system' && message.deletedAt === null && !isOwn(message),
  ).length;
}

t.test('unread is what one would count, and marks only rise, in any order of things at once', async (t) => {
  const app = await startApp(t, { direct: 'everybody' });
  const key = await app.key('*');
  const history = (id: string) => async (): Promise<Message[]> =>
    (await body(key.request('GET', `conversations/${id}/messages?after=0&limit=200`))).items;
  let runs = 0;

  async function makePlaces(): Promise<[Place, Place]> {
    runs += 1;
    const people = await Promise.all(['a', 'b', 'c'].map((name) => app.hostUser(`${name}${runs}`)));
    const participants = people.map(({ user }) => ({ userId: user.id, moderator: true }));
    const room = await body(key.request('POST', 'conversations', { kind: 'room', participants }));
    const [a, b] = people as [Actor, Actor, Actor];
    const direct = await body(a.request('POST', 'conversations', { kind: 'direct', userId: b.user.id }));
    return [
      { id: room.id, history: history(room.id), people },
      { id: direct.id, history: history(direct.id), people: [a, b] },
    ];
  }

  async function act(place: Place, { what, who, pick, http }: Step, lines: Map<Actor, Body>): Promise<void> {
    const actor = place.people[who % place.people.length] as Actor;
    const path = `conversations/${place.id}`;
    const conversationId = place.id;
    const line = lines.get(actor);
    const messages = await place.history();
    const message = messages[pick % Math.max(1, messages.length)];
    if (what === 'write') {
      if (http) await body(actor.request('POST', `${path}/messages`, { content: `${pick}` }));
      else await line.call({ type: 'message.send', conversationId, message: { content: `${pick}` } });
    } else if (what === 'read') {
      if (http) await body(actor.request('POST', `${path}/read`, { seq: 1 + pick }));
      else await line.call({ type: 'conversation.read', conversationId, seq: 1 + pick });
    } else if (what === 'delete' && message !== undefined) {
      if (http) await body(actor.request('DELETE', `${path}/messages/${message.id}`));
      else await line.call({ type: 'message.delete', conversationId, messageId: message.id });
    } else if (what === 'come or go' && place.people.length > 2) {
      // The last one goes and comes: system messages that nobody has to read, and a newcomer who has read all.
      const userId = (place.people.at(-1) as Actor).user.id;
      if (pick % 2 === 0) await body(key.request('DELETE', `${path}/participants/${userId}`));
      else await body(key.request('POST', `${path}/participants`, { userId, moderator: true }));
    }
  }

  async function check(places: readonly Place[], before: Map<string, number>): Promise<void> {
    const totals = new Map<Actor, number>();
    for (const { id, history, people } of places) {
      const messages = await history();
      for (const actor of people) {
        const { status, body } = await actor.request('GET', `conversations/${id}`);
        if (status === 404) continue;
        const { readSeq, unread } = body.my;
        const real = counted(messages, readSeq, ({ author }) => author?.id === actor.user.id);
        if (unread !== real) throw new Error(`unread ${unread}, counted ${real}, read up to ${readSeq}`);
        if (readSeq > body.seq) throw new Error(`read up to ${readSeq} of ${body.seq}`);
        const mark = `${id} ${actor.user.id} ${body.joinedAt}`;
        if (readSeq < (before.get(mark) ?? 0)) throw new Error(`the mark fell from ${before.get(mark)} to ${readSeq}`);
        before.set(mark, readSeq);
        totals.set(actor, (totals.get(actor) ?? 0) + unread);
      }
    }
    for (const [actor, total] of totals) {
      const told = await body(actor.request('GET', 'unread'));
      const sum = told.conversations.reduce((all: number, { unread }: Body) => all + unread, 0);
      if (told.total !== total || sum !== total) throw new Error(`total ${told.total} of ${sum}, counted ${total}`);
    }
  }

  const property = fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40, size: 'max' }), async (steps) => {
    const places = await makePlaces();
    const lines = new Map<Actor, Body>();
    for (const actor of places[0].people) lines.set(actor, await actor.connect());
    const before = new Map<string, number>();
    let doing: Promise<void>[] = [];
    for (const [index, one] of steps.entries()) {
      doing.push(act(places[index % 2] as Place, one, lines));
      if (!one.wait && index < steps.length - 1) continue;
      await Promise.all(doing);
      doing = [];
      await check(places, before);
    }
    for (const line of lines.values()) line.socket.terminate();
  });
  t.comment(`seed ${seed}`);
  const result = await fc.check(property, { numRuns: Number(process.env.RUNS ?? 15), endOnFailure: true });
  t.equal(result.failed, false, `seed ${seed} path ${result.counterexamplePath}: ${result.errorInstance}`);
});

type Team = Record<'ann' | 'abe' | 'pia', Actor>;

async function makeTeam(app: TestApp): Promise<Team> {
  return {
    ann: await app.member('agent', 'ann'),
    abe: await app.member('agent', 'abe'),
    pia: await app.member('peer', 'pia'),
  };
}

/** A customer who writes to the team, and what each does and is told. */
async function support(app: TestApp, { ann, abe, pia }: Team, queue: 'agent' | 'peer' = 'agent') {
  const vera = await app.visitor();
  const sent = await body(vera.request('POST', 'messages', { to: { queue }, message: { content: '1' } }));
  const id: string = sent.conversationId;
  const path = `conversations/${id}`;
  return {
    vera,
    ann,
    abe,
    pia,
    id,
    write: (who: Actor, content: string) => body(who.request('POST', `${path}/messages`, { content })),
    read: async (who: Actor, seq: number) => body(who.request('POST', `${path}/read`, { seq })),
    assign: (to: Actor | null) => body(ann.request('PATCH', path, { assigneeId: to?.user.id ?? null })),
    remove: (who: Actor, message: Message) => body(who.request('DELETE', `${path}/messages/${message.id}`)),
    my: async (who: Actor) => (await body(who.request('GET', path))).my,
    unread: async (who: Actor) => body(who.request('GET', 'unread')),
  };
}

t.test('marks of the team', async (t) => {
  const app = await startApp(t);
  const team = await makeTeam(app);

  t.test('while nobody is in charge whoever of the team reads reads for all of it', async (t) => {
    const { vera, ann, abe, write, read, my } = await support(app, team);
    await write(vera, '2');
    t.same(await my(ann), { readSeq: 0, unread: 2 });
    t.same(await read(abe, 1), { readSeq: 1, unread: 1 });
    t.same(await my(ann), { readSeq: 1, unread: 1 });
    t.same(await read(ann, 2), { readSeq: 2, unread: 0 });
    t.same(await read(abe, 1), { readSeq: 2, unread: 0 }, 'and never back');
  });

  t.test('while somebody is in charge only their reading counts', async (t) => {
    const { vera, ann, abe, assign, write, read, my } = await support(app, team);
    await assign(abe);
    await write(vera, '2');
    t.same(await read(ann, 2), { readSeq: 0, unread: 2 }, 'it is answered as it stands');
    t.same(await read(abe, 2), { readSeq: 2, unread: 0 });
    t.same(await my(ann), { readSeq: 2, unread: 0 });
  });

  t.test('an answer of anybody of the team moves it to the answer', async (t) => {
    const { vera, ann, abe, assign, write, my } = await support(app, team);
    await assign(abe);
    await write(vera, '2');
    await write(ann, 'answer');
    t.same(await my(abe), { readSeq: 3, unread: 0 });
    t.same(await my(vera), { readSeq: 2, unread: 1 }, 'and not the customer’s');
    await write(vera, '4');
    t.same(await my(abe), { readSeq: 3, unread: 1 });
  });

  t.test('a message that is deleted counts no longer, for either side', async (t) => {
    const { vera, ann, write, remove, my, read, unread } = await support(app, team);
    const second = await write(vera, '2');
    await write(vera, '3');
    await remove(ann, second);
    t.same(await my(ann), { readSeq: 0, unread: 2 });
    const answer = await write(ann, 'answer');
    const more = await write(ann, 'more');
    t.same(await my(vera), { readSeq: 3, unread: 2 });
    await remove(ann, answer);
    t.same(await my(vera), { readSeq: 3, unread: 1 });
    t.same(await unread(vera), { total: 1, conversations: [{ id: more.conversationId, unread: 1 }] });
    await remove(ann, more);
    t.same(await unread(vera), { total: 0, conversations: [] });
    t.same(await read(vera, 5), { readSeq: 5, unread: 0 });
  });

  t.test('an agent’s own total is what is assigned to them, and the queue is counted apart', async (t) => {
    const { vera, ann, abe, id, assign, write, unread } = await support(app, team);
    const before = (await unread(ann)).team;
    const others = (await unread(ann)).conversations;
    await assign(ann);
    await write(vera, '2');
    t.same(await unread(ann), {
      total: 2 + others.reduce((sum: number, other: Body) => sum + other.unread, 0),
      conversations: [{ id, unread: 2 }, ...others],
      team: { queue: before.queue - 1, mine: before.mine + 1 },
    });
    t.notOk((await unread(abe)).conversations.some((one: Body) => one.id === id));
  });

  t.test('a peer reads for the team what waits for peers and what is theirs', async (t) => {
    const { vera, pia, ann, assign, write, read, my } = await support(app, team, 'peer');
    t.same(await read(pia, 1), { readSeq: 1, unread: 0 });
    await assign(pia);
    await write(vera, '2');
    t.same(await read(pia, 2), { readSeq: 2, unread: 0 });
    await assign(ann);
    t.match(await read(pia, 2), { code: 'NOT_FOUND' });
    t.same(await my(ann), { readSeq: 2, unread: 0 });
  });

  t.test('the mark of the team is told to the customer and to the team, its number to the team alone', async (t) => {
    const { vera, ann, abe, id, read } = await support(app, team);
    const [customer, agent] = [await vera.connect(), await abe.connect({ inbox: true })];
    await read(ann, 1);
    const mark = { type: 'participant.read', conversationId: id, userId: 'team', readSeq: 1 };
    const told = await customer.event('participant.read');
    t.match(told, mark);
    t.notOk('unread' in told);
    t.match(await agent.event('participant.read'), { ...mark, unread: 0 });
  });
});

t.test('a mark that comes late, twice or ahead of what is there', async (t) => {
  const app = await startApp(t);
  const { vera, ann, id, write, my } = await support(app, await makeTeam(app));
  for (const content of ['2', '3', '4', '5']) await write(ann, content);
  const [phone, tablet] = [await vera.connect(), await vera.connect()];
  const marks = [4, 2, 5, 1, 3, 5, 99, 4, 1];
  const answers = await Promise.all(
    marks.map((seq, index) =>
      (index % 2 === 0 ? phone : tablet).call({ type: 'conversation.read', conversationId: id, seq }),
    ),
  );
  for (const [index, { readSeq, unread }] of answers.entries()) {
    t.ok(readSeq >= Math.min(marks[index] as number, 5), `${marks[index]} is answered by ${readSeq}`);
    t.equal(unread, 5 - readSeq);
  }
  t.same(await my(vera), { readSeq: 5, unread: 0 });
  for (const line of [phone, tablet]) {
    const told = (await line.rest()).filter(({ type }) => type === 'participant.read');
    const seqs = told.map(({ readSeq }) => readSeq);
    t.same(
      seqs,
      seqs.toSorted((a, b) => a - b),
      'events of it only rise',
    );
    t.match(told.at(-1), { userId: vera.user.id, readSeq: 5, unread: 0 }, 'and tell one’s other devices the rest');
  }
  t.match(await phone.call({ type: 'conversation.read', conversationId: id, seq: 0 }), { code: 'VALIDATION' });
});

t.test('what one wrote oneself is never unread, on any device, whatever lay before it', async (t) => {
  const app = await startApp(t, { direct: 'everybody' });
  const [una, ulf] = [await app.hostUser('una'), await app.hostUser('ulf')];
  const phone = await una.connect();
  const direct = await body(
    ulf.request('POST', 'messages', { to: { userId: una.user.id }, message: { content: '1' } }),
  );
  const path = `conversations/${direct.conversationId}`;
  const write = (who: Actor, content: string) => body(who.request('POST', `${path}/messages`, { content }));
  const my = async (who: Actor) => (await body(who.request('GET', path))).my;
  await write(una, '2');
  await write(ulf, '3');
  await write(una, '4');
  t.same(await my(una), { readSeq: 0, unread: 2 }, 'two of Ulf’s lie before and between');
  const conversationId = direct.conversationId;
  t.match(await phone.call({ type: 'conversation.read', conversationId, seq: 1 }), { readSeq: 2, unread: 1 });
  t.match(await phone.call({ type: 'conversation.read', conversationId, seq: 3 }), { readSeq: 4, unread: 0 });
  await write(una, '5');
  t.same(await my(una), { readSeq: 5, unread: 0 }, 'with nothing unread before it the mark goes along');
  t.same((await body(una.request('GET', 'unread'))).total, 0);
  t.same(await my(ulf), { readSeq: 1, unread: 3 });
});

t.test('a delivered mark is told at once, and kept with the next read mark', async (t) => {
  const app = await startApp(t, { direct: 'everybody' });
  const [una, ulf] = [await app.hostUser('una'), await app.hostUser('ulf')];
  const first = await body(una.request('POST', 'messages', { to: { userId: ulf.user.id }, message: { content: '1' } }));
  const conversationId = first.conversationId;
  for (const content of ['2', '3', '4'])
    await body(una.request('POST', `conversations/${conversationId}/messages`, { content }));
  const [one, other] = [await una.connect(), await ulf.connect()];
  const kept = async () => {
    const { participants } = (await body(una.request('GET', `conversations/${conversationId}/sync`))).conversation;
    return participants.find(({ user }: Body) => user.id === ulf.user.id);
  };
  t.match(await other.call({ type: 'conversation.delivered', conversationId, seq: 3 }), { type: 'ok' });
  const told = { userId: ulf.user.id, readSeq: 0, deliveredSeq: 3 };
  t.match(await one.event('participant.read'), told);
  t.match(await other.event('participant.read'), { ...told, unread: 4 });
  await other.call({ type: 'conversation.delivered', conversationId, seq: 2 });
  t.same(await one.rest(), [], 'it only rises');
  t.match(await other.call({ type: 'conversation.read', conversationId, seq: 1 }), { readSeq: 1, unread: 3 });
  t.match(await kept(), { readSeq: 1, deliveredSeq: 3 });
});
