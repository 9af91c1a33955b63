/** What people wait for when they open a list or a conversation, in files of very different size. */
import type { Bench } from '../bench.ts';
import type { Answered, Requests } from '../load/requests.ts';
import { medianOf } from '../median.ts';
import { seedThreads, type Threads } from '../seed/threads.ts';
import type { Server } from '../servers/start.ts';
import { count, ms, type Section, times } from '../table.ts';

/** Few enough for the smallest file to fill a page and a second one. */
const LIST_PAGE = 20;
const HISTORY_PAGE = 50;
const SYNCED = 20;

interface File {
  messages: number;
  server: Server;
  threads: Threads;
  /** By the request's name, the rounds. */
  answered: Map<string, Answered[]>;
}

type Ask = Omit<Requests, 'url'>;

const ABOUT = `The same requests to three servers at the same time, one after another over one connection each, in turn. Half
of the messages are in one conversation, the others in conversations of ten, of which the newest are open. Times are those
of the client, HTTP included: p50 (p99).`;

const NOTES = [
  `A page of a list holds ${LIST_PAGE} conversations, a page of history ${HISTORY_PAGE} messages; \`before\` a message picks
one by chance each time. The last column is the p50 of the largest file over that of the smallest.`,
  'Aim: a growth of 1.5× at most.',
];

export async function readings(bench: Bench): Promise<Section> {
  const files: File[] = [];
  for (const messages of bench.size.messages) {
    bench.log(`  writing ${count(messages)} messages`);
    const folder = bench.folder();
    const threads = await seedThreads(folder, messages);
    files.push({ messages, threads, server: await bench.startParley({ folder }), answered: new Map() });
  }
  const asks = new Map<File, Map<string, Ask>>();
  for (const file of files) asks.set(file, await asked(file, bench.size.requests));
  const names = [...(asks.values().next().value?.keys() ?? [])];
  // What is read for the first time is compiled, cached and prepared then.
  await measure(bench, files, asks, names, () => {});
  await bench.rounds(() => measure(bench, files, asks, names, (file, name, answer) => keep(file, name, answer)));
  await Promise.all(files.map(({ server }) => server.child.stop()));
  const [smallest, largest] = [files[0], files.at(-1)];
  const growth = (name: string) => p50(largest, name) / p50(smallest, name);
  return {
    title: 'Reading and sending in a growing file',
    about: ABOUT,
    tables: [
      {
        head: ['request', ...files.map(({ messages }) => `${count(messages)} messages`), 'growth'],
        rows: names.map((name) => [name, ...files.map((file) => told(file, name)), times(growth(name))]),
      },
    ],
    notes: NOTES,
  };
}

async function measure(
  bench: Bench,
  files: readonly File[],
  asks: Map<File, Map<string, Ask>>,
  names: readonly string[],
  then: (file: File, name: string, answered: Answered) => void,
): Promise<void> {
  for (const name of names) {
    for (const file of files) {
      const ask = asks.get(file)?.get(name);
      if (ask === undefined) throw new Error(`no request ${name}`);
      then(file, name, await bench.load.ask<Answered>('requests', { ...ask, url: file.server.url }));
    }
  }
}

function keep({ answered }: File, name: string, answer: Answered): void {
  answered.set(name, [...(answered.get(name) ?? []), answer]);
}

function p50(file: File | undefined, name: string): number {
  return medianOf(file?.answered.get(name) ?? [], (round) => round.p50);
}

function told(file: File, name: string): string {
  const p99 = medianOf(file.answered.get(name) ?? [], (round) => round.p99);
  return `${ms(p50(file, name))} (${ms(p99)})`;
}

async function asked({ threads, server }: File, requests: number): Promise<Map<string, Ask>> {
  const { agent, customer, deep } = threads;
  const list = `/v1/conversations?limit=${LIST_PAGE}`;
  const thread = `/v1/conversations/${deep.id}`;
  const next = await nextPage(new URL(`${list}&status=open`, server.url), agent);
  const epoch = await epochOf(new URL(`${thread}/messages?limit=1`, server.url), agent);
  const get = (token: string, path: (turn: number) => string): Ask => ({
    token,
    method: 'GET',
    paths: Array.from({ length: requests }, (_, turn) => path(turn)),
  });
  const anywhere = () => HISTORY_PAGE + 1 + Math.floor(Math.random() * (deep.seq - HISTORY_PAGE));
  return new Map([
    ['list: all', get(agent, () => list)],
    ['list: open', get(agent, () => `${list}&status=open`)],
    ['list: open, next page', get(agent, () => `${list}&status=open&cursor=${encodeURIComponent(next)}`)],
    ['list: mine, open', get(agent, () => `${list}&status=open&assignee=me`)],
    ['list: own, of a customer', get(customer, () => list)],
    ['history: newest', get(agent, () => `${thread}/messages?limit=${HISTORY_PAGE}`)],
    ['history: before a message', get(agent, () => `${thread}/messages?limit=${HISTORY_PAGE}&before=${anywhere()}`)],
    ['sync', get(customer, () => `${thread}/sync?since=${deep.rev - SYNCED}&epoch=${encodeURIComponent(epoch)}`)],
    ['unread', get(customer, () => '/v1/unread')],
    ['unread, of the team', get(agent, () => '/v1/unread')],
    ['send', { ...get(customer, () => `${thread}/messages`), method: 'POST', body: { content: 'One more' } }],
  ]);
}

async function json<T>(url: URL, token: string): Promise<T> {
  const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

async function nextPage(url: URL, token: string): Promise<string> {
  const { items, next } = await json<{ items: unknown[]; next: string | null }>(url, token);
  if (next === null || items.length < LIST_PAGE) throw new Error('the list has no second page');
  return next;
}

async function epochOf(url: URL, token: string): Promise<string> {
  return (await json<{ epoch: string }>(url, token)).epoch;
}
