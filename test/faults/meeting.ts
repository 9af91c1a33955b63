/**
 * People who stay while servers come and go: a customer on a phone and a tablet, another customer, an agent, and two who
 * talk directly. Each has a client of the project's own library, behind one of two lines that lead to the server of the
 * moment, or to two of them.
 */

import { isDeepStrictEqual } from 'node:util';
import type { Test } from 'tap';
import type { Message } from '../../src/protocol/message.ts';
import { systemClock } from '../../src/web/sdk/clock.ts';
import { rowsBeside } from '../database.ts';
import { type Actor, callers } from '../helper.ts';
import { type ServerProcess, startServer } from '../life/server-process.ts';
import { type Hook, register, take } from '../outbound/webhooks/hook.ts';
import { client, until } from '../web/sdk/live.ts';
import { type Proxy as Network, startProxy } from '../web/sdk/proxy.ts';
import type { Member } from './crowd.ts';
import { sha256, type Told } from './told.ts';

/** A page of history. */
const PAGE = 200;
const SETTINGS = {
  PARLEY_OUTBOUND_ALLOW: '127.0.0.1',
  PARLEY_WEBHOOK_RETRY_MS: '100',
  PARLEY_DIRECT: 'everybody',
  PARLEY_PENDING_UPLOADS: '1000',
  PARLEY_UPLOADS_PER_MINUTE: '100000',
};
/** Comes back soon: waits a twentieth of the longest that it might. */
const clock = { ...systemClock, random: () => 0.05 };

/** How far a conversation is. */
interface Row {
  uuid: string;
  rev: number;
}

export class Meeting {
  readonly members: Member[] = [];
  /** The messages with which the conversations began. */
  readonly known = new Set<string>();
  /** What the webhook should have been told otherwise. */
  readonly tellingFaults: string[] = [];
  /** The environment of its servers. */
  readonly settings: Record<string, string>;
  server!: ServerProcess;
  private readonly revs = new Map<string, number>();
  private onRev = () => {};
  private readonly t: Test;
  private readonly folder: string;
  private readonly ways: readonly [Network, Network];

  private constructor(t: Test, folder: string, ways: readonly [Network, Network], more: object) {
    this.t = t;
    this.folder = folder;
    this.ways = ways;
    this.settings = { ...SETTINGS, ...more };
  }

  /**
   * Starts the first server on the folder and makes the people.
   *
   * @param hook is told what they do
   * @param more of the servers' environment
   */
  static async open(
    t: Test,
    folder: string,
    { hook, more = {} }: { hook?: Hook; more?: object } = {},
  ): Promise<Meeting> {
    const way = () => startProxy(t, 'http://127.0.0.1:1');
    const meeting = new Meeting(t, folder, [await way(), await way()], more);
    await meeting.serve();
    const people = callers(t, meeting.server.url);
    if (hook !== undefined) {
      hook.answer = (told, response) => {
        meeting.noteRev(told.body);
        take(told, response);
      };
      await register(await people.admin(), hook, { kinds: ['support', 'direct'] });
    }
    const [vera, viktor, una, ulf, ann] = await Promise.all([
      people.visitor({ name: 'Vera' }),
      people.visitor({ name: 'Viktor' }),
      people.hostUser('una', { name: 'Una' }),
      people.hostUser('ulf', { name: 'Ulf' }),
      people.member('agent', 'ann'),
    ]);
    const [hers, his] = [await meeting.begin(vera, 'support'), await meeting.begin(viktor, 'support')];
    const theirs = await meeting.begin(una, { userId: ulf.user.id });
    await meeting.join('phone', vera, [hers]);
    await meeting.join('tablet', vera, [hers], { transport: 'sse' });
    await meeting.join('viktor', viktor, [his]);
    await meeting.join('ann', ann, [hers, his], { inbox: true });
    await meeting.join('una', una, [theirs]);
    await meeting.join('ulf', ulf, [theirs]);
    return meeting;
  }

  /** Starts a server on the folder, to which all lines lead from now on. */
  async serve(): Promise<void> {
    this.server = await this.start();
    const { url, others } = this.server;
    this.ways[0].to(url);
    this.ways[1].to(others[0]?.url ?? url);
  }

  /** Starts one to which no line leads yet. */
  start(): Promise<ServerProcess> {
    return startServer(this.t, this.folder, this.settings);
  }

  /** From now on one of the two lines, with every other member behind it, leads to that server. */
  lead(way: 0 | 1, { url }: ServerProcess): void {
    this.ways[way].to(url);
  }

  private async begin(actor: Actor, to: unknown): Promise<string> {
    const { body } = await actor.request('POST', 'messages', { to, message: { content: 'begin' } });
    this.known.add(body.id);
    return body.conversationId;
  }

  private async join(name: string, actor: Actor, where: string[], options: object = {}): Promise<void> {
    const [even, odd] = this.ways;
    const { url } = this.members.length % 2 === 0 ? even : odd;
    const made = client(this.t, url, actor.token, { clock, transport: 'ws', ...options });
    await made.connect();
    for (const id of where) await made.conversations.open(id);
    this.members.push({ name, client: made, user: actor.user.id, where });
  }

  takesPart(user: string, conversation: string): boolean {
    return this.members.some((one) => one.user === user && one.name !== 'ann' && one.where.includes(conversation));
  }

  /** How what the clients have differs from what the server has, once all that was to be sent is sent. */
  async differences(told: Told): Promise<string[]> {
    for (const { client: one, name } of this.members) {
      await until(one, `${name} is there`, () => one.state.name === 'online');
      await until(one, `${name} has sent everything`, () => one.outbox.list().length === 0);
    }
    const found: string[] = [];
    for (const member of this.members) for (const id of member.where) found.push(...(await this.compare(member, id)));
    found.push(...(await this.spoiltFiles(told)));
    return found;
  }

  private async compare({ client: one, name }: Member, id: string): Promise<string[]> {
    const path = `/v1/conversations/${id}`;
    const { items } = await one.http.json<{ items: Message[] }>('GET', `${path}/messages?limit=${PAGE}`);
    const { my } = await one.http.json<{ my: object }>('GET', path);
    const held = () => one.conversations.messages(id).slice(-items.length);
    const isSame = () => isDeepStrictEqual(held(), items) && isDeepStrictEqual(one.conversations.get(id)?.my, my);
    try {
      await until(one, `${name} has what the server has`, isSame);
    } catch (error) {
      const state = { held: held(), my: one.conversations.get(id)?.my };
      return [`${String(error)}\n  held   ${JSON.stringify(state)}\n  server ${JSON.stringify({ held: items, my })}`];
    }
    const holes = one.conversations.messages(id).filter(({ seq }, place, all) => seq !== (all[0]?.seq ?? 0) + place);
    return holes.length === 0 ? [] : [`${name} has a hole before ${holes[0]?.seq} of ${id}`];
  }

  /** Files of acknowledged messages that cannot be had any more, or are not what was sent. */
  private async spoiltFiles({ fates }: Told): Promise<string[]> {
    const found: string[] = [];
    const recent = [...fates.values()].filter(({ file, place, may }) => file && place && !may.has(null)).slice(-20);
    for (const { id, author, file, place } of recent) {
      const { client: one } = this.members.find(({ user }) => user === author) as Member;
      const path = `/v1/conversations/${place?.conversationId}/messages/${id}`;
      const { attachments } = await one.http.json<Message>('GET', path);
      const bytes = await (await one.http.open(`/v1/attachments/${attachments?.[0]?.id}`)).bytes();
      if (sha256(bytes) !== file) found.push(`the file of ${id} is not what was sent`);
    }
    return found;
  }

  private noteRev({ conversationId, rev, parentId }: { conversationId: string; rev: number; parentId?: string }): void {
    // A side conversation is made with the one beside it, which is told.
    const before = this.revs.get(conversationId) ?? (parentId === undefined ? 0 : 1);
    // Told twice is allowed after a kill; first told out of its place is not.
    if (rev > before + 1) this.tellingFaults.push(`rev ${rev} of ${conversationId} is told after ${before}`);
    this.revs.set(conversationId, Math.max(before, rev));
    this.onRev();
  }

  /**
   * Resolves when the webhook was told all that the store says has happened; nothing happens meanwhile.
   *
   * @param read the rows of a question to the store
   */
  async toldWhole(read: (sql: string) => Promise<unknown[]> = (sql) => rowsBeside(this.folder, sql)): Promise<void> {
    const rows = (await read("select uuid, rev from conversations where kind <> 'side'")) as Row[];
    const isTold = ({ uuid, rev }: Row) => this.revs.get(uuid) === rev;
    while (!rows.every(isTold)) {
      await new Promise<void>((resolve) => {
        this.onRev = resolve;
      });
    }
  }

  /** All clients go. */
  leave(): void {
    for (const { client: one } of this.members) one.close();
  }

  /** All clients go, and then the server. */
  async end(signal: NodeJS.Signals): Promise<unknown> {
    this.leave();
    return this.server.end(signal);
  }
}
