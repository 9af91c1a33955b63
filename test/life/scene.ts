/** People with clients in one scene: a customer, the team, two room members; and all that they may do to each other. */
import { randomUUIDv7 } from 'node:crypto';
import type { Actor, Body, TestApp } from '../helper.ts';
import { differences, type Fresh, freshState } from './fresh-state.ts';
import { RawClient } from './raw-client.ts';

/** Who is of the team, the same in all scenes of a server. */
export interface Team {
  ann: Actor;
  abe: Actor;
  pia: Actor;
  key: Omit<Actor, 'user' | 'connect'>;
}

export const NAMES = ['vera', 'tablet', 'ann', 'abe', 'pia', 'una', 'ulf'] as const;
export type Name = (typeof NAMES)[number];

/** One thing that somebody does. The numbers choose among what there is at that moment. */
export interface Step {
  who: Name;
  what: (typeof DEEDS)[number];
  /** Chooses the conversation, the message, the value. */
  pick: readonly [number, number, number];
  /** Over HTTP instead of the socket. */
  http: boolean;
  /** Waits until it is done, with all that was begun before. */
  wait: boolean;
}

interface Sent {
  who: Actor;
  where: object;
  id: string;
  content: string;
  /** As it was acknowledged. */
  acknowledged: { conversationId: string; seq: number } | null;
}

export async function makeTeam(app: TestApp): Promise<Team> {
  const [ann, abe, pia] = [
    await app.member('agent', 'ann'),
    await app.member('agent', 'abe'),
    await app.member('peer', 'pia'),
  ];
  return { ann, abe, pia, key: await app.key('*') };
}

/** Several on one database. */
interface Servers {
  urls: readonly string[];
  /** Resolves when each has published what all had written by now. */
  allHeard: () => Promise<void>;
}

const SIDES = 1;

export class Scene {
  readonly clients = {} as Record<Name, RawClient>;
  readonly team: Team;
  readonly sent: Sent[] = [];
  readonly faults: string[] = [];
  private room = '';
  private doing: Promise<unknown>[] = [];
  private count = 0;

  private readonly allHeard: Servers['allHeard'];

  private constructor(team: Team, allHeard: Servers['allHeard']) {
    this.team = team;
    this.allHeard = allHeard;
  }

  /** @param servers where the clients are, in turn, if at others than `app` too */
  static async open(app: TestApp, team: Team, servers: Servers = { urls: [app.url], allHeard: async () => {} }) {
    const scene = new Scene(team, servers.allHeard);
    const { urls } = servers;
    const suffix = randomUUIDv7().slice(-12);
    const [vera, una, ulf] = await Promise.all([
      app.visitor({ name: 'Vera' }),
      app.hostUser(`una-${suffix}`, { name: 'Una' }),
      app.hostUser(`ulf-${suffix}`, { name: 'Ulf' }),
    ]);
    const { ann, abe, pia } = team;
    const actors: Record<Name, Actor> = { vera, tablet: vera, ann, abe, pia, una, ulf };
    for (const [index, name] of NAMES.entries()) {
      const url = urls[index % urls.length] ?? app.url;
      scene.clients[name] = new RawClient(url, actors[name], { inbox: name === 'ann' || name === 'pia' });
    }
    const participants = [{ userId: una.user.id, moderator: true }, { userId: ulf.user.id }];
    const made = await team.key.request('POST', 'conversations', { kind: 'room', participants });
    scene.room = made.body.id;
    await Promise.all(NAMES.map((name) => scene.clients[name].connect()));
    return scene;
  }

  async play(steps: readonly Step[]): Promise<void> {
    for (const step of steps) {
      this.doing.push(this.act(step));
      if (step.wait) await this.done();
    }
    await this.done();
  }

  private async done(): Promise<void> {
    await Promise.all(this.doing.splice(0));
  }

  /** What of a list a number chooses. */
  private chosen<T>(list: readonly T[], pick: number): T | undefined {
    return list[pick % Math.max(1, list.length)];
  }

  private known(kind: string): string[] {
    const ids = new Set<string>();
    for (const { conversations } of Object.values(this.clients)) {
      for (const one of conversations.values()) if (one.kind === kind && this.isOurs(one)) ids.add(one.id);
    }
    return [...ids].toSorted();
  }

  private isOurs(conversation: { participants: { user: { id: string } }[]; kind: string; id: string }): boolean {
    if (conversation.kind === 'room') return conversation.id === this.room;
    const ours = ['vera', 'una'].map((name) => this.clients[name as Name].actor.user.id);
    return conversation.participants.some(({ user }) => ours.includes(user.id));
  }

  private sides(): string[] {
    const found = this.known('support').flatMap((id) => this.clients.ann.conversations.get(id)?.team?.id ?? []);
    return found.slice(0, SIDES);
  }

  private threadsFor(who: Name): string[] {
    if (who === 'una' || who === 'ulf') return [this.room, ...this.known('direct')];
    if (who === 'vera' || who === 'tablet') return this.known('support');
    return [...this.known('support'), ...this.sides()];
  }

  private async act({ who, what, pick, http }: Step): Promise<void> {
    const client = this.clients[who];
    const [a, b, c] = pick;
    const id = this.chosen(this.threadsFor(who), a);
    switch (what) {
      case 'write':
        return this.write(who, pick, http);
      case 'write again': {
        const again = this.chosen(
          this.sent.filter((one) => one.who === client.actor),
          a,
        );
        if (again !== undefined) await this.send(client, again, http);
        return;
      }
      case 'edit':
      case 'delete': {
        const mine =
          what === 'delete' && who === 'ann' ? this.sent : this.sent.filter((one) => one.who === client.actor);
        const one = this.chosen(mine, b);
        if (one?.acknowledged) await this.change(client, what, one, c, http);
        return;
      }
      case 'read':
      case 'delivered': {
        if (id === undefined) return;
        if (http) await client.request('POST', `conversations/${id}/${what}`, { seq: 1 + b });
        else await client.call({ type: `conversation.${what}`, conversationId: id, seq: 1 + b });
        return;
      }
      case 'view':
        if (id !== undefined)
          await client.call({ type: 'conversation.view', conversationId: id, viewing: b % 3 !== 0 });
        return;
      case 'change':
        return this.changeConversation(who, a, b, c);
      case 'come or go':
        return this.comeOrGo(b, c);
      case 'open':
        if (id !== undefined) await client.open(id);
        return;
      case 'sync':
        // A client that comes back to an older state of its own asks since there: it gets what it has once more.
        if (id !== undefined && client.thread(id).held > 0)
          client.sync(id, Math.floor(client.thread(id).held / (1 + b)));
        return;
      case 'lose the line':
        client.cut();
        return;
      case 'come back':
        await client.connect();
        return;
    }
  }

  private async write(who: Name, [a, b]: Step['pick'], http: boolean): Promise<void> {
    const client = this.clients[who];
    this.count += 1;
    const content = `${who} ${this.count}`;
    const threads = this.threadsFor(who);
    const to = this.toFor(who, b);
    const where = to === null || (threads.length > 0 && b % 2 === 0) ? this.chosen(threads, a) : undefined;
    if (where === undefined && to === null) return;
    const sent = { who: client.actor, id: randomUUIDv7(), content, acknowledged: null };
    const one: Sent = { ...sent, where: where === undefined ? { to } : { conversationId: where } };
    this.sent.push(one);
    await this.send(client, one, http);
  }

  private toFor(who: Name, b: number): unknown {
    if (who === 'vera' || who === 'tablet') return b % 4 === 1 ? { queue: 'peer' } : 'support';
    if (who === 'una') return { userId: this.clients.ulf.actor.user.id };
    if (who === 'ulf') return { userId: this.clients.una.actor.user.id };
    return null;
  }

  private async send(client: RawClient, one: Sent, http: boolean): Promise<void> {
    const message = { id: one.id, content: one.content };
    if (!http) {
      const answer = await client.call({ type: 'message.send', ...one.where, message });
      if (answer?.type === 'ok') this.acknowledged(one, answer.message);
      return;
    }
    const { conversationId } = one.where as { conversationId?: string };
    const path = conversationId === undefined ? 'messages' : `conversations/${conversationId}/messages`;
    const body = conversationId === undefined ? { ...one.where, message } : message;
    const answered = await client.request('POST', path, body);
    if (answered.status < 300) this.acknowledged(one, answered.body);
  }

  /** However often it is sent, it is one message in one place. */
  private acknowledged(one: Sent, { conversationId, seq, author }: Body): void {
    const before = one.acknowledged;
    one.acknowledged = { conversationId, seq };
    if (author.id !== one.who.user.id) this.faults.push(`${one.content} is acknowledged as ${author.id}'s`);
    if (before !== null && (before.conversationId !== conversationId || before.seq !== seq)) {
      this.faults.push(`${one.content} was ${JSON.stringify(before)} and is ${JSON.stringify(one.acknowledged)}`);
    }
  }

  private async change(client: RawClient, what: 'edit' | 'delete', one: Sent, c: number, http: boolean): Promise<void> {
    const { conversationId } = one.acknowledged as { conversationId: string };
    const content = c % 4 === 0 ? {} : { content: `${one.content} edited ${c}` };
    const how = what === 'edit' ? { content: content.content ?? one.content } : {};
    if (http) {
      const method = what === 'edit' ? 'PATCH' : 'DELETE';
      await client.request(
        method,
        `conversations/${conversationId}/messages/${one.id}`,
        what === 'edit' ? how : undefined,
      );
    } else await client.call({ type: `message.${what}`, conversationId, messageId: one.id, ...how });
  }

  private async changeConversation(who: Name, a: number, b: number, c: number): Promise<void> {
    const { ann, abe, pia } = this.team;
    const support = who === 'ann' || who === 'abe' || who === 'pia';
    const id = support ? this.chosen(this.known('support'), a) : this.room;
    if (who === 'vera' || who === 'tablet') return this.sayOfIt(who, a, b, c);
    if (id === undefined) return;
    if (support && c % 4 === 0) return this.takeOrGive(who, id, b);
    const caller = support ? this.clients[who].actor : this.team.key;
    const patches = [
      { status: 'closed' },
      { status: 'open' },
      { subject: `subject ${c}` },
      ...(support
        ? [
            ...[ann, abe, pia, null].map((to) => ({ assigneeId: to === null ? null : to.user.id })),
            { tags: ['lamps', 'sofas', 'chairs'].slice(c % 3) },
            { snoozedUntil: c % 2 === 0 ? null : '2036-01-31T12:00:00.000Z', tags: [] },
          ]
        : [{ maxLength: 500 + c }]),
    ];
    const answered = await caller.request('PATCH', `conversations/${id}`, this.chosen(patches, b));
    if (answered.status >= 500) this.faults.push(`PATCH of a conversation: ${answered.status}`);
  }

  private async takeOrGive(who: Name, id: string, b: number): Promise<void> {
    const path = `conversations/${id}/${b % 3 === 0 ? 'handover' : 'claim'}`;
    const answered = await this.clients[who].actor.request('POST', path);
    if (answered.status >= 500) this.faults.push(`${path}: ${answered.status}`);
  }

  /** What a customer does besides writing. */
  private async sayOfIt(who: Name, a: number, b: number, c: number): Promise<void> {
    const id = this.chosen(this.known('support'), a);
    if (id === undefined) return;
    const { actor } = this.clients[who];
    const answered =
      b % 2 === 0
        ? await actor.request('POST', `conversations/${id}/handover`)
        : await actor.request('POST', `conversations/${id}/rating`, { score: 1 + (c % 5), comment: `comment ${c}` });
    if (answered.status >= 500) this.faults.push(`a customer of their conversation: ${answered.status}`);
  }

  private async comeOrGo(b: number, c: number): Promise<void> {
    const userId = this.clients[b % 2 === 0 ? 'una' : 'ulf'].actor.user.id;
    const path = `conversations/${this.room}/participants`;
    const answered =
      c % 3 === 0
        ? await this.team.key.request('DELETE', `${path}/${userId}`)
        : await this.team.key.request('POST', path, { userId, title: `title ${c % 4}`, moderator: c % 2 === 0 });
    if (answered.status >= 500) this.faults.push(`participants: ${answered.status}`);
  }

  /** Ends the scene: everything has arrived, and every state is compared. Gives what is wrong, in words. */
  async outcome(): Promise<string[]> {
    const all = Object.values(this.clients);
    await Promise.all(all.map((client) => (client.connected ? undefined : client.connect())));
    await this.allHeard();
    await Promise.all(all.map((client) => client.settle()));
    const about = new Set([...this.known('support'), ...this.known('direct'), this.room]);
    const fresh = new Map<Actor, Fresh>();
    for (const { actor } of all) if (!fresh.has(actor)) fresh.set(actor, await freshState(actor, about));
    const found = [...this.faults];
    for (const name of NAMES) {
      const client = this.clients[name];
      const now = fresh.get(client.actor) as Fresh;
      const only = (conversation: Parameters<RawClient['hears']>[0]) => client.hears(conversation);
      found.push(...differences(client, now, { live: true, only, about }).map((one) => `${name}, live: ${one}`));
    }
    if (found.length === 0) found.push(...(await this.caughtUp(about, fresh)));
    found.push(...(await this.kept()));
    return found;
  }

  /** After a catch-up by cursor and by sync the states are the same to the letter, marks included. */
  private async caughtUp(about: ReadonlySet<string>, fresh: Map<Actor, Fresh>): Promise<string[]> {
    const found: string[] = [];
    for (const name of NAMES) {
      const client = this.clients[name];
      for (const [id, thread] of client.threads) if (thread.held > 0) client.sync(id);
      await client.settle();
      client.cut();
      await client.connect();
      await client.settle();
      const now = fresh.get(client.actor) as Fresh;
      const unseen = new Set([...now.conversations.keys()].filter((id) => !client.threads.get(id)?.held));
      const only = (conversation: { id: string }) => !unseen.has(conversation.id);
      found.push(...differences(client, now, { live: false, only, about }).map((one) => `${name}, again: ${one}`));
    }
    return found;
  }

  /** What was acknowledged is there, once, where the acknowledgement said. */
  private async kept(): Promise<string[]> {
    const found: string[] = [];
    const bySeq = new Map<string, string>();
    for (const { acknowledged, id, content } of this.sent) {
      if (acknowledged === null) continue;
      const { conversationId, seq } = acknowledged;
      const place = `${conversationId} ${seq}`;
      if (bySeq.has(place)) found.push(`two messages were acknowledged as ${place}`);
      bySeq.set(place, id);
      const { body } = await this.team.key.request('GET', `conversations/${conversationId}/messages/${id}`);
      if (body.seq !== seq) found.push(`${content} was acknowledged as ${place}, and is ${JSON.stringify(body)}`);
    }
    return found;
  }

  close(): void {
    for (const client of Object.values(this.clients)) client.cut();
  }
}

/** Plays steps in a scene of their own; throws where its people do not end in equal states. */
export async function playedOut(app: TestApp, team: Team, steps: readonly Step[], servers?: Servers): Promise<void> {
  const scene = await Scene.open(app, team, servers);
  try {
    await scene.play(steps);
    const wrong = await scene.outcome();
    if (wrong.length > 0) throw new Error(wrong.join('\n'));
  } finally {
    scene.close();
  }
}

export const DEEDS = [
  'write',
  'write again',
  'edit',
  'delete',
  'read',
  'delivered',
  'view',
  'change',
  'come or go',
  'open',
  'sync',
  'lose the line',
  'come back',
] as const;
