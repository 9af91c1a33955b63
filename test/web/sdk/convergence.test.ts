import t from 'tap';
import type { Conversation } from '../../../src/protocol/conversation.ts';
import type { Participant } from '../../../src/protocol/participant.ts';
import { listMessages } from '../../../src/web/sdk/thread.ts';
import fc from '../../property.ts';
import { agentMe, me, other } from './model-server.ts';
import { Reader } from './reader.ts';

/** Something that happens; its name is what a counterexample shows. */
type Step = { run(reader: Reader): void | Promise<void>; toString(): string };

function named(name: string, run: Step['run']): Step {
  return { run, toString: () => name };
}

const colleague = { id: 'a2', name: 'Colleague', role: 'agent' as const };
const at = fc.nat(12);
const word = fc.constantFrom('a', 'bb', 'ccc');

/** Everything that may happen, by the number of the conversation that it happens to. */
function steps(ids: string[]) {
  const id = fc.constantFrom(...ids);
  const step = <T>(
    name: string,
    values: fc.Arbitrary<T>,
    run: (reader: Reader, id: string, value: T) => void | Promise<void>,
  ) =>
    fc.tuple(id, values).map(([one, value]) =>
      named(`${name} ${one} ${JSON.stringify(value)}`, (reader) => {
        if (reader.server.models.has(one)) return run(reader, one, value);
      }),
    );
  const nothing = fc.constant(null);
  return {
    server: [
      { weight: 6, arbitrary: step('other writes', word, (r, c, text) => r.server.write(c, other, text)) },
      { weight: 2, arbitrary: step('colleague writes', word, (r, c, text) => r.server.write(c, colleague, text)) },
      { weight: 3, arbitrary: step('I send', fc.boolean(), (r, c, http) => void r.server.send(c, 'mine', http)) },
      {
        weight: 3,
        arbitrary: step('edit', fc.tuple(at, word), (r, c, [n, text]) => r.server.edit(c, n, `edited ${text}`)),
      },
      { weight: 2, arbitrary: step('delete', at, (r, c, n) => r.server.delete(c, n)) },
      { weight: 4, arbitrary: step('stream', word, (r, c, text) => r.server.stream(c, text)) },
      { weight: 2, arbitrary: step('whole', nothing, (r, c) => r.server.whole(c)) },
      { weight: 1, arbitrary: step('rename', word, (r, c, text) => r.server.rename(c, text)) },
      { weight: 2, arbitrary: step('come or go', fc.nat(3), (r, c, n) => r.server.come(c, n)) },
      { weight: 2, arbitrary: step('I read', at, (r, c, n) => r.server.read(c, 'me', n)) },
      { weight: 2, arbitrary: step('other reads', at, (r, c, n) => r.server.read(c, 'other', n)) },
      { weight: 2, arbitrary: step('note', word, (r, c, text) => r.server.note(c, text)) },
      { weight: 1, arbitrary: step('bulk', word, (r, c, text) => r.server.bulk(c, text)) },
    ],
    client: [
      {
        weight: 8,
        arbitrary: fc.nat(4).map((n) => named(`deliver ${n}`, (r) => r.deliver(n))),
      },
      {
        weight: 3,
        arbitrary: fc.nat(9).map((n) => named(`late ${n}`, (r) => r.deliverLate(n))),
      },
      { weight: 1, arbitrary: fc.constant(named('again', (r) => r.again())) },
      { weight: 1, arbitrary: fc.constant(named('ping', (r) => r.ping())) },
      { weight: 1, arbitrary: fc.constant(named('list', (r) => r.list())) },
      { weight: 1, arbitrary: fc.constant(named('time', (r) => r.time.advance(1000))) },
      { weight: 2, arbitrary: step('older', nothing, (r, c) => r.older(c)) },
      { weight: 2, arbitrary: step('open', nothing, (r, c) => open(r, c)) },
      { weight: 2, arbitrary: fc.constant(named('lose', (r) => r.lose())) },
      { weight: 3, arbitrary: fc.constant(named('connect', (r) => r.connect())) },
    ],
    rare: [
      { weight: 1, arbitrary: step('remove', nothing, (r, c) => r.server.remove(c)) },
      {
        weight: 1,
        arbitrary: step('restore', nothing, (r, c) => {
          r.restore(c);
        }),
      },
    ],
  };
}

function open(reader: Reader, id: string): void {
  void reader.following.open(id);
  const side = reader.store.conversations.get(id)?.team?.id;
  if (side !== undefined) void reader.following.open(side);
}

/** What both ends must agree on. */
function comparable(conversation: Conversation | undefined, caller: string, streaming: boolean): unknown {
  if (!conversation) return undefined;
  const { activity, teamReadAt, participants, last, ...rest } = conversation;
  return {
    ...rest,
    // A streamed text grows without a rev.
    last: streaming && last ? { ...last, text: '' } : last,
    // The position is told with copies alone, and a send's own move of a mark by no event.
    ...(caller === 'agent' && rest.kind === 'support' ? { activity } : {}),
    people: participants.map(unmarked),
    my: conversation.my && { unread: conversation.my.unread },
  };
}

async function check(reader: Reader): Promise<void> {
  const { server, store } = reader;
  reader.connect();
  await reader.drain();
  for (const [id, conversation] of store.conversations) {
    const now = server.models.has(id) ? server.copy(id, true) : undefined;
    const streaming = server.models.get(id)?.messages.some((one) => one.state === 'streaming') ?? false;
    const [ours, theirs] = [conversation, now].map((one) => comparable(one, server.caller.role, streaming));
    equal(ours, theirs, `conversation ${id}`);
  }
  for (const thread of store.threads.values()) {
    const model = [...server.models.values()].find((one) => one.id === thread.id || one.side?.id === thread.id);
    const now = model?.id === thread.id ? model : model?.side;
    if (!model || !now) throw new Error(`${thread.id} is held, and is gone`);
    equal(thread.held, now.rev, `held of ${thread.id}`);
    const shown = now.messages.filter((one) => one.seq >= thread.from);
    equal(listMessages(thread), shown, `messages of ${thread.id}`);
    if (model.kind === 'room') {
      const [ours, theirs] = [thread.people, model.people].map((people) =>
        [...people.values()].sort(byId).map(unmarked),
      );
      equal(ours, theirs, `people of ${thread.id}`);
    }
  }
}

const unmarked = ({ user, rev, leftAt }: Participant) => ({ user, rev, leftAt });
const byId = (a: { user: { id: string } }, b: { user: { id: string } }) => (a.user.id < b.user.id ? -1 : 1);

function equal(found: unknown, wanted: unknown, what: string): void {
  const [a, b] = [found, wanted].map((value) => JSON.stringify(sorted(value), null, 1));
  if (a !== b) throw new Error(`${what}\nclient: ${a}\nserver: ${b}`);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!value || typeof value !== 'object') return value;
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, one]) => [key, sorted(one)]));
}

const kinds = [
  { name: 'a customer over a socket', caller: me, http: false },
  { name: 'a customer over HTTP', caller: me, http: true },
  { name: 'the team over a socket', caller: agentMe, http: false },
  { name: 'the team over HTTP', caller: agentMe, http: true },
];

for (const { name, caller, http } of kinds) {
  t.test(`${name} ends in the state of a fresh snapshot, whatever was lost, late or doubled`, async (t) => {
    const ids = ['c1', 'c2', 'c3'];
    const { server, client, rare } = steps(ids);
    const all = fc.array(fc.oneof(...server, ...client, ...rare), { minLength: 1, maxLength: 60 });
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(fc.subarray(ids), all, async (opened, run) => {
        const reader = new Reader(caller, http);
        for (const kind of ['support', 'direct', 'room'] as const) reader.server.make(kind);
        reader.connect();
        await reader.deliver(1);
        for (const id of opened) open(reader, id);
        for (const one of run) await one.run(reader);
        await check(reader);
        compared += reader.store.threads.size;
      }),
      { numRuns: 500 },
    );
    t.ok(compared > 400, `compared ${compared} threads`);
  });
}

/** What the random runs found once, kept as it shrank. */
const found: { name: string; http: boolean; opened: string[]; run: Step['run'][] }[] = [
  {
    name: 'a bulk change right behind the answer of a sync',
    http: false,
    opened: ['c2'],
    run: [(r) => r.server.bulk('c2', 'new')],
  },
  {
    name: 'a mark of one’s own while the conversation is being asked for',
    http: true,
    opened: [],
    run: [(r) => r.server.write('c1', other, 'a'), (r) => r.deliver(1), (r) => r.server.read('c1', 'me', 1)],
  },
  {
    name: 'a message while the conversation is being asked for',
    http: false,
    opened: [],
    run: [
      (r) => r.server.write('c1', other, 'a'),
      (r) => r.deliver(1),
      (r) => r.server.write('c1', other, 'b'),
      (r) => r.deliver(1),
      (r) => r.deliverLate(0),
    ],
  },
  {
    name: 'streamed text while a sync is under way',
    http: true,
    opened: ['c2'],
    run: [(r) => r.server.stream('c2', 'a'), (r) => r.server.stream('c2', 'b')],
  },
  {
    name: 'streamed text that went with its line',
    http: true,
    opened: ['c1'],
    run: [
      (r) => r.server.stream('c1', 'a'),
      (r) => r.deliver(1),
      (r) => r.server.stream('c1', 'b'),
      (r) => r.lose(),
      (r) => r.server.write('c2', other, 'x'),
    ],
  },
  {
    name: 'a conversation taken away while an older answer with it is on its way',
    http: true,
    opened: [],
    run: [(r) => r.list(), (r) => r.server.remove('c1'), (r) => r.deliver(9)],
  },
  {
    name: 'the same without a line, and a reset on coming back',
    http: false,
    opened: [],
    run: [(r) => r.restore('c1'), (r) => r.list(), (r) => r.server.remove('c1')],
  },
  {
    name: 'people of an epoch that is no more',
    http: false,
    opened: ['c3'],
    run: [(r) => r.server.come('c3', 0), (r) => r.deliver(2), (r) => r.restore('c3')],
  },
  {
    name: 'a count that is ahead of the mark that it has',
    http: false,
    opened: [],
    run: [
      (r) => r.server.come('c3', 0),
      (r) => r.server.read('c3', 'me', 1),
      (r) => r.server.stream('c3', 'a'),
      (r) => r.list(),
      (r) => r.deliverLate(2),
    ],
  },
  {
    name: 'a mark of a conversation that is not known yet, and a restore that takes it back',
    http: true,
    opened: [],
    run: [
      (r) => r.server.write('c1', colleague, 'a'),
      (r) => r.server.read('c1', 'me', 1),
      (r) => r.deliver(2),
      (r) => r.restore('c1'),
      (r) => r.server.write('c1', other, 'a'),
      (r) => open(r, 'c1'),
    ],
  },
];
for (const { name, http, opened, run } of found) {
  for (const caller of [me, agentMe]) {
    t.test(`${caller.role}: ${name}`, async (t) => {
      const reader = new Reader(caller, http);
      for (const kind of ['support', 'direct', 'room'] as const) reader.server.make(kind);
      reader.connect();
      await reader.deliver(1);
      for (const id of opened) open(reader, id);
      for (const step of run) await step(reader);
      await t.resolves(check(reader));
    });
  }
}
