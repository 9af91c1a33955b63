/** The same work done by what a person would use instead. Run when it is asked for: it installs what it compares with. */
import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench } from '../bench.ts';
import type { ClosedLoop } from '../load/closed-loop.ts';
import type { SpeechName } from '../load/speeches.ts';
import type { Outcome } from '../load/tally.ts';
import { medianOf } from '../median.ts';
import { installPeers } from '../peers/installed.ts';
import { startEjabberd, startProsody, type XmppServer } from '../peers/xmpp.ts';
import { Child } from '../process/child.ts';
import { seedPairsAlone } from '../seed/pairs.ts';
import { startPostgres } from '../servers/postgres.ts';
import { count, ms, type Section, type Table, times } from '../table.ts';

const SERVER_CORE = 0;

/** A server that is compared, with what its sockets say. */
interface Peer {
  name: string;
  /** What an acknowledged message survives. */
  durability: string;
  url: string;
  pid: number;
  speech: SpeechName;
  tokens: string[];
  conversations: string[];
  stop(): Promise<void>;
}

interface Setting {
  senders: number;
  window: number;
  /** By the peer's name, in the order of the rounds. */
  outcomes: Map<string, Outcome[]>;
}

/** From so many senders on each load runs so many times as long: the slow ones answer each of them once a second. */
const MANY = { senders: 500, times: 3 };

/** Sends under way in all: what some of them need a minute for is not waited for. */
const MOST_UNDER_WAY = 1_600;

const POWER = 'a power cut';
const CRASH = 'a crash of the server, not of the machine';

export async function peers(bench: Bench): Promise<Section> {
  const { windows, senders } = bench.size;
  const people = Math.max(2, ...senders);
  installPeers();
  const all = (await Promise.all(starters.map((start) => start(bench, people)))).flat();
  const there = all.filter((peer) => typeof peer !== 'string');
  const missing = all.filter((peer) => typeof peer === 'string');
  const settings = windows.flatMap((window) =>
    senders
      .filter((some) => some * window <= MOST_UNDER_WAY)
      .map((some): Setting => ({ senders: some, window, outcomes: new Map(there.map(({ name }) => [name, []])) })),
  );
  await bench.rounds(async () => {
    for (const setting of settings) {
      for (const peer of there) setting.outcomes.get(peer.name)?.push(await load(bench, setting, peer));
    }
  });
  for (const peer of there) await peer.stop();
  const notes = [
    'Every server has one core, its database included, and answers a send when it has written it.',
    `What was acknowledged survives: ${there.map(({ name, durability }) => `${name}: ${durability}`).join('; ')}.`,
    ...(missing.length === 0 ? [] : [`Not installed here, and not measured: ${missing.join(', ')}.`]),
  ];
  return { title: 'The same work by others', about: ABOUT, tables: settings.map((one) => table(one, there)), notes };
}

const ABOUT = `Two people in each conversation, each message answered to its sender when it is written and delivered to the
other, as in the first table; the same load in each one's own frames, in turn. Prosody and ejabberd keep each conversation
as a room with its archive in SQLite. With ${MANY.senders} senders each load runs ${MANY.times} times as long.`;

type Starter = (bench: Bench, people: number) => Promise<(Peer | string)[]>;

const starters: readonly Starter[] = [
  async (bench, people) => {
    const folder = bench.folder();
    const { tokens, conversations } = await seedPairsAlone(folder, people);
    const { url, child } = await bench.startParley({ folder });
    return [peer('Parley', POWER, url, 'parley', child, tokens, conversations)];
  },
  async (bench, people) => [
    await socketIoSqlite(bench, people, 'FULL', POWER),
    await socketIoSqlite(bench, people, 'NORMAL', CRASH),
  ],
  async (bench, people) => {
    const name = 'Express, Socket.IO, Prisma, PostgreSQL';
    const conversations = pairs(people, (pair) => `session-${pair}`);
    const rows = [...new Set(conversations)].map((id) => `('${id}', now())`).join(', ');
    const tables = readFileSync(join(import.meta.dirname, '../peers/prisma/tables.sql'), 'utf8');
    const postgres = startPostgres(bench.folder(), {
      core: SERVER_CORE,
      sql: `${tables} INSERT INTO "ChatSession" ("id", "updatedAt") VALUES ${rows}`,
    });
    if (postgres === null) return [name];
    const child = script('express-prisma.mjs', [], { DATABASE_URL: postgres.url });
    const made = peer(name, POWER, await child.listening(), 'socket.io', child, conversations, conversations);
    const stop = () => made.stop().then(() => postgres.stop());
    return [{ ...made, stop }];
  },
  async (bench, people) => [xmppPeer('Prosody', await startProsody(bench.folder(), people), people)],
  async (bench, people) => [xmppPeer('ejabberd', await startEjabberd(bench.folder()), people)],
];

async function socketIoSqlite(bench: Bench, people: number, mode: string, durability: string): Promise<Peer> {
  const file = join(mkdtempSync(join(bench.folder(), 'data-')), 'chat.db');
  const child = script('socket-io-sqlite.mjs', [file, mode]);
  const conversations = pairs(people, (pair) => `conversation-${pair}`);
  const name = `Socket.IO, better-sqlite3 (${mode})`;
  return peer(name, durability, await child.listening(), 'socket.io', child, conversations, conversations);
}

function xmppPeer(name: string, server: XmppServer | null, people: number): Peer | string {
  if (server === null) return name;
  const conversations = pairs(people, (pair) => `room${pair}@${server.rooms}`);
  const tokens = conversations.map((room, place) => `${place} ${room}`);
  const { url, pid, stop } = server;
  return { name, durability: 'as its package is set up', url, pid, speech: 'xmpp', tokens, conversations, stop };
}

function script(name: string, args: string[], env: Record<string, string> = {}): Child {
  return new Child({ core: SERVER_CORE, args: [join(import.meta.dirname, '../peers', name), ...args], env });
}

/** A name for each person's conversation: two and two have the same. */
function pairs(people: number, name: (pair: number) => string): string[] {
  return Array.from({ length: people }, (_, place) => name(place >> 1));
}

function peer(
  name: string,
  durability: string,
  url: string,
  speech: SpeechName,
  child: Child,
  tokens: string[],
  conversations: string[],
): Peer {
  return { name, durability, url, pid: child.pid, speech, tokens, conversations, stop: () => child.stop() };
}

function load(bench: Bench, { senders, window }: Setting, peer: Peer): Promise<Outcome> {
  const sockets = Math.max(2, senders);
  const longer = senders >= MANY.senders ? MANY.times : 1;
  const job: ClosedLoop = {
    url: peer.url,
    serverPid: peer.pid,
    speech: peer.speech,
    tokens: peer.tokens.slice(0, sockets),
    conversations: peer.conversations.slice(0, sockets),
    senders,
    window,
    deliveriesPerSend: 1,
    warmMs: bench.span.warmMs * longer,
    ms: bench.span.ms * longer,
  };
  return bench.load.ask<Outcome>('closedLoop', job);
}

function table({ senders, window, outcomes }: Setting, there: readonly Peer[]): Table {
  const parley = outcomes.get('Parley') ?? [];
  const head = [`senders: ${senders}, w=${window}`, 'acked/s', 'p50', 'p99', 'Parley does'];
  const rows = there.map(({ name }) => {
    const rounds = outcomes.get(name) ?? [];
    const more = medianOf(
      parley.map((own, round) => own.acked / (rounds[round]?.acked ?? Number.NaN)),
      (ratio) => ratio,
    );
    return [
      name,
      count(medianOf(rounds, ({ acked }) => acked)),
      ms(medianOf(rounds, ({ p50 }) => p50)),
      ms(medianOf(rounds, ({ p99 }) => p99)),
      times(more),
    ];
  });
  return { head, rows };
}
