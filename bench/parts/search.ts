/** Searching in a large file, and counting what is unread for who is in many conversations. */
import type { Bench } from '../bench.ts';
import type { Answered, Requests } from '../load/requests.ts';
import { medianOf } from '../median.ts';
import { texts } from '../seed/texts.ts';
import { seedThreads } from '../seed/threads.ts';
import { count, ms, type Section } from '../table.ts';

/** Conversations of one customer. */
const MANY = 1_000;
/** Ranks of the words that are asked for: of the frequent ones, and of those that one looks for. */
const COMMON = [20, 200] as const;
const RARE = [200, 5_000] as const;
const SEED = 7;

const ABOUT = (messages: number) =>
  `One file of ${count(messages)} messages of twelve words, of a vocabulary in which few words are everywhere and most are
rare; half of the messages are in one conversation. One request after another over one connection, other words each time.
Times are those of the client, HTTP and the way to a thread and back included.`;

const NOTES = [
  `Aim: two words in one conversation within 50 ms (p99), and over all of an agent’s within three times that; unread
within 5 ms.`,
];

export async function search(bench: Bench): Promise<Section> {
  const messages = bench.size.messages.at(-1) ?? 0;
  bench.log(`  writing and indexing ${count(messages)} messages`);
  const folder = bench.folder();
  const said = texts(SEED);
  const { agent, regular, deep, small } = await seedThreads(folder, messages, { content: said.next, regulars: MANY });
  const { child, url } = await bench.startParley({ folder });
  const word = ([from, to]: readonly [number, number]) => said.word(from + Math.floor(Math.random() * (to - from)));
  const find = (token: string, query: () => Record<string, string>): Omit<Requests, 'url'> => ({
    token,
    method: 'GET',
    paths: Array.from(
      { length: bench.size.requests },
      () => `/v1/search?${new URLSearchParams({ limit: '20', ...query() })}`,
    ),
  });
  const two = (ranks: readonly [number, number]) => `${word(ranks)} ${word(ranks)}`;
  const asks = new Map<string, Omit<Requests, 'url'>>([
    ['two frequent words in the large conversation', find(agent, () => ({ q: two(COMMON), conversation: deep.id }))],
    ['two words in the large conversation', find(agent, () => ({ q: two(RARE), conversation: deep.id }))],
    ['two frequent words in a conversation of ten', find(agent, () => ({ q: two(COMMON), conversation: small }))],
    ['two frequent words, all of an agent’s', find(agent, () => ({ q: two(COMMON) }))],
    ['two words, all of an agent’s', find(agent, () => ({ q: two(RARE) }))],
    ['a beginning of three letters, all of an agent’s', find(agent, () => ({ q: `${word(COMMON).slice(0, 3)}*` }))],
    ['two frequent words, ranked, all of an agent’s', find(agent, () => ({ q: two(COMMON), order: 'rank' }))],
    [`two frequent words, a customer with ${count(MANY)} conversations`, find(regular, () => ({ q: two(COMMON) }))],
    [
      `unread, a customer with ${count(MANY)} conversations`,
      { token: regular, method: 'GET', paths: Array(bench.size.requests).fill('/v1/unread') },
    ],
  ]);
  const answered = new Map<string, Answered[]>([...asks.keys()].map((name) => [name, []]));
  const ask = (name: string) => bench.load.ask<Answered>('requests', { ...asks.get(name), url });
  // What is read for the first time is compiled, cached and prepared then.
  for (const name of asks.keys()) await ask(name);
  await bench.rounds(async () => {
    for (const [name, rounds] of answered) rounds.push(await ask(name));
  });
  await child.stop();
  return {
    title: 'Search',
    about: ABOUT(messages),
    tables: [
      {
        head: ['request', 'p50', 'p99'],
        rows: [...answered].map(([name, rounds]) => [
          name,
          ms(medianOf(rounds, ({ p50 }) => p50)),
          ms(medianOf(rounds, ({ p99 }) => p99)),
        ]),
      },
    ],
    notes: NOTES,
  };
}
