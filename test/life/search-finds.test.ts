/** Whatever is written, changed and taken away: everybody finds what a look at each message they may read would find. */
import { randomUUIDv7 } from 'node:crypto';
import t from 'tap';
import type { Caller } from '../../src/chat/caller.ts';
import type { Change } from '../../src/chat/change.ts';
import type { Sent } from '../../src/chat/messages.ts';
import { prepareRows } from '../../src/chat/readings/rows.ts';
import { SEARCH_START, type SearchPlace } from '../../src/chat/readings/search.ts';
import { prepareSlowReadings } from '../../src/chat/readings/slow-readings.ts';
import { createThreads } from '../../src/chat/readings/threads.ts';
import type { MessageRow, UserRow } from '../../src/db/rows.ts';
import { messages } from '../../src/db/schema/messages.ts';
import type { SearchQuery } from '../../src/protocol/http-search.ts';
import fc from '../property.ts';
import { by, openWorld } from '../world.ts';

/** Words with what they are without case and diacritics. */
const WORDS = new Map([
  ['lamp', 'lamp'],
  ['Lamps', 'lamps'],
  ['LÁMP', 'lamp'],
  ['red', 'red'],
  ['rédder', 'redder'],
  ['a', 'a'],
  ['東京', '東京'],
  ['京都', '京都'],
  ['東京都', '東京都'],
]);
const word = fc.constantFrom(...WORDS.keys());
const text = fc.array(word, { minLength: 1, maxLength: 5 }).map((words) => words.join(' '));

/** What is sought, and by the plainest look whether a text holds it. */
const plain = (text: string) => text.split(/\s+/).map((one) => WORDS.get(one) ?? one);
const isHan = (one: string) => /\p{scx=Han}/u.test(one);
const ask: fc.Arbitrary<{ q: string; holds: (text: string) => boolean }> = fc.oneof(
  word.map((one) => {
    const sought = WORDS.get(one) as string;
    return {
      q: one,
      holds: (text: string) => plain(text).some((other) => (isHan(sought) ? other.includes(sought) : other === sought)),
    };
  }),
  fc.constantFrom('lam', 're', 'redd').map((one) => ({
    q: `${one}*`,
    holds: (text: string) => plain(text).some((other) => other.startsWith(one)),
  })),
  fc.constantFrom('東', '京', '都').map((one) => ({ q: one, holds: (text: string) => text.includes(one) })),
  fc.tuple(fc.constantFrom('lamp', 'red', 'a'), fc.constantFrom('lamp', 'redder', 'a')).map(([one, other]) => ({
    q: `"${one} ${other}"`,
    holds: (text: string) => plain(text).some((first, at, all) => first === one && all[at + 1] === other),
  })),
);
const query = fc.array(ask, { minLength: 1, maxLength: 2 }).map((asks) => ({
  q: asks.map(({ q }) => q).join(' '),
  holds: (text: string) => asks.every(({ holds }) => holds(text)),
}));

const people = ['ann', 'bob', 'agent', 'admin', 'peer', 'other', 'bot'] as const;
type Name = (typeof people)[number];
const ROLES = {
  ann: 'user',
  bob: 'user',
  agent: 'agent',
  admin: 'admin',
  peer: 'peer',
  other: 'peer',
  bot: 'bot',
} as const;
const who = fc.constantFrom(...people);
const where = fc.constantFrom('agents', 'peers', 'direct', 'room', 'notes' as const);
type Where = 'agents' | 'peers' | 'direct' | 'room' | 'notes';

type Step =
  | { do: 'send'; who: Name; where: Where; text: string }
  | { do: 'edit'; of: number; text: string }
  | { do: 'delete'; of: number }
  | { do: 'assign'; where: 'agents' | 'peers'; to: Name | null }
  | { do: 'status'; where: 'agents' | 'peers'; to: 'open' | 'closed' }
  | { do: 'put' | 'remove'; who: Name };

const is = <const T>(value: T) => fc.constant(value);
const sorts = fc.constantFrom('agents' as const, 'peers' as const);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: is('send'), who, where: where as fc.Arbitrary<Where>, text }) },
  { weight: 2, arbitrary: fc.record({ do: is('edit'), of: fc.nat(40), text }) },
  { weight: 2, arbitrary: fc.record({ do: is('delete'), of: fc.nat(40) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: is('assign'),
      where: sorts,
      to: fc.constantFrom<Name | null>('agent', 'peer', 'other', 'bot', null),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: is('status'), where: sorts, to: fc.constantFrom('open' as const, 'closed' as const) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('put' as const, 'remove' as const), who }) },
);

t.test('a search finds what looking at each readable message would find, for everybody, after anything', async (t) => {
  const world = openWorld(t);
  const db = world.store.reader;
  const { questions } = world.store;
  const { search } = prepareSlowReadings(questions).readings;
  const threads = createThreads(prepareRows(questions));
  const rows = prepareRows(questions);
  const host = { user: null, session: null, line: null, key: null };
  const submit = (change: object) =>
    (world.writer.submit(change as Change) as PromiseLike<never>).then(
      (value) => value,
      () => null,
    );
  let runs = 0;
  let searches = 0;
  let hits = 0;

  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 25 }),
      fc.array(query, { minLength: 1, maxLength: 3 }),
      fc.integer({ min: 1, max: 4 }),
      async (steps, queries, limit) => {
        runs += 1;
        const cast = Object.fromEntries(
          people.map((name) => [name, world.user(`${name} ${runs}`, ROLES[name])]),
        ) as Record<Name, UserRow>;
        const callers: Caller[] = [
          ...people.map((name): Caller => {
            const { id, uuid, role } = cast[name];
            return { kind: 'user', id, uuid, role, anonymous: false, session: null, expiresAt: Infinity, line: null };
          }),
          { kind: 'key', key: 1, scopes: ['conversations'] },
          { kind: 'key', key: 1, scopes: ['conversations:all'] },
        ];
        const sent: { conversation: string; id: string; by: UserRow }[] = [];
        const send = async (user: UserRow, target: object, content: string) => {
          const id = randomUUIDv7();
          const answer = (await world.send(user, target as never, content, { id }).then(
            (value) => value,
            () => null,
          )) as Sent | null;
          if (answer !== null) sent.push({ conversation: answer.message.conversationId, id, by: user });
          return answer?.message.conversationId ?? null;
        };
        const room = randomUUIDv7();
        await submit({
          type: 'conversation.create',
          by: host,
          beginning: { id: room, ip: null, userAgent: null, context: {} },
          kind: 'room',
          subject: null,
          externalId: null,
          maxLength: null,
          guests: [{ user: { uuid: cast.ann.uuid }, name: null, moderator: true }],
        });
        const uuids: Record<Where, string | null> = {
          agents: await send(cast.ann, { support: 'agent' }, 'lamp red'),
          peers: await send(cast.bob, { support: 'peer' }, 'lamp red'),
          direct: await send(cast.ann, { user: { uuid: cast.agent.uuid } }, 'lamp red'),
          room,
          notes: null,
        };
        const main = await rows.conversationByUuid.get({ uuid: uuids.peers as string });
        uuids.notes = (await rows.side.get({ parent: main?.id ?? 0 }))?.uuid ?? null;

        const carryOut = (one: Step): PromiseLike<unknown> => {
          const admin = by(cast.admin);
          switch (one.do) {
            case 'send':
              return send(cast[one.who], { conversation: uuids[one.where] }, one.text);
            case 'edit':
            case 'delete': {
              const of = sent[one.of % sent.length];
              if (of === undefined) return Promise.resolve();
              const content = one.do === 'edit' ? { content: one.text } : {};
              return submit({
                type: `message.${one.do}`,
                by: by(of.by),
                conversation: of.conversation,
                id: of.id,
                ...content,
              });
            }
            case 'assign':
            case 'status': {
              const to = one.do === 'assign' ? { assignee: one.to && { uuid: cast[one.to].uuid } } : { status: one.to };
              return submit({
                type: 'conversation.patch',
                by: admin,
                conversation: uuids[one.where],
                ifSeq: null,
                ...to,
              });
            }
            case 'put':
              return submit({
                type: 'participant.put',
                by: host,
                conversation: room,
                guest: { user: { uuid: cast[one.who].uuid }, name: null },
              });
            case 'remove':
              return submit({ type: 'participant.remove', by: host, conversation: room, user: cast[one.who].uuid });
          }
        };
        for (const [index, one] of steps.entries()) {
          await carryOut(one);
          // Some changes meet what is indexed, others what waits.
          if (index % 5 === 0) await world.writer.indexed();
        }
        await world.writer.indexed();

        const all = db.select().from(messages).all() as MessageRow[];
        for (const { q, holds } of queries) {
          for (const caller of callers) {
            const readable = await Promise.all(
              all.map(async ({ content, conversation }) => {
                const row = await rows.conversation.get({ id: conversation });
                if (content === null || row === undefined || !holds(content)) return false;
                return (await threads.seen(caller, row)) !== null;
              }),
            );
            const naive = all
              .filter((_, index) => readable[index])
              .toSorted((a, b) => b.id - a.id)
              .map(({ uuid }) => uuid);
            searches += 1;
            hits += naive.length;
            t.strictSame(await pages(caller, { q, limit }), naive, `${q} for ${JSON.stringify(caller)}`);
            t.same((await pages(caller, { q, limit, order: 'rank' })).toSorted(), naive.toSorted());
          }
        }
      },
    ),
    { numRuns: 30 },
  );
  t.ok(hits > searches, 'they found something');

  /** All pages, one after the other. */
  async function pages(caller: Caller, query: SearchQuery): Promise<string[]> {
    const found: string[] = [];
    for (let place: SearchPlace | null = SEARCH_START; place !== null; ) {
      const page: Awaited<ReturnType<typeof search>> = await search(caller, query, place);
      found.push(...page.items.map(({ message }) => message.id));
      place = page.next;
    }
    return found;
  }
});
