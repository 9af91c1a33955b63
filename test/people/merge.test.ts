/** Whatever two users have behind them when they become one: the numbers agree with a recount, then and afterwards. */
import { randomUUIDv7 } from 'node:crypto';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import t from 'tap';
import { HOST } from '../../src/chat/caller.ts';
import type { Change } from '../../src/chat/change.ts';
import type { Named, Sighted } from '../../src/chat/people/people-change.ts';
import type { Conversation } from '../../src/protocol/conversation.ts';
import type { Message } from '../../src/protocol/message.ts';
import type { Refusal } from '../../src/protocol/refusal.ts';
import { newSession } from '../chat/decide/people-set.ts';
import fc from '../property.ts';
import { by, openWorld, sendChange, type World } from '../world.ts';

type Row = Record<string, number | string | null>;

const BEGINNING = { id: null, ip: null, userAgent: null, context: {} };

/** One deed: who (0 visitor, 1 named, 2 agent, 3 another), what, and two numbers that choose. */
const deed = fc.tuple(fc.nat(3), fc.nat(7), fc.nat(20), fc.nat(20));

const RUNS = 25;

const codeOf = (error: unknown) => (error as Refusal).code;

t.test('random pasts', async (t) => {
  const world = openWorld(t);
  let run = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(deed, { maxLength: 40 }), fc.array(deed, { maxLength: 15 }), async (before, after) => {
      run += 1;
      const scene = await Scene.open(world, `run ${run}`);
      await scene.play(before);
      const merged = await scene.merge();
      const faults = [...scene.faults(), ...scene.traces(merged)];
      scene.becomeOne();
      await scene.play(after);
      faults.push(...scene.faults());
      if (faults.length > 0) throw new Error(faults.join('\n'));
    }),
    { numRuns: RUNS },
  );
});

t.test('so many conversations that they pass in steps', async (t) => {
  const world = openWorld(t);
  const scene = await Scene.open(world, 'many');
  const count = 70;
  for (let index = 0; index < count; index += 1) {
    const made = await world.writer.submit<{ conversation: Conversation }>({
      type: 'conversation.create',
      by: by(scene.visitor),
      beginning: BEGINNING,
      kind: 'support',
      subject: null,
      customer: null,
      queue: 'agent',
      assignee: null,
    });
    await world.send(scene.visitor, { conversation: made.conversation.id }, 'Hi');
  }
  const merged = await scene.merge();
  t.ok(merged.conversations.length > 0 && merged.conversations.length < count);
  t.not(merged.job, null);
  t.same(await world.send(scene.visitor, { support: 'agent' }, 'x').then(null, codeOf), 'MERGED');
  let steps = 0;
  while (scene.rows('select id from jobs').length > 0) {
    steps += 1;
    await world.writer.submit({
      type: 'visitor.merge',
      job: merged.job as number,
      from: scene.visitor.id,
      to: merged.id,
    });
  }
  t.ok(steps > 1);
  t.same(scene.faults(), []);
  t.equal(scene.rows('select 1 from participants where user = ?', merged.id).length, count);
  t.same(scene.rows('select 1 from participants where user = ?', scene.visitor.id), []);
});

class Scene {
  readonly visitor;
  private readonly world: World;
  private readonly database: Database.Database;
  private readonly externalId: string;
  private people: ReturnType<World['user']>[];
  private room = '';
  private readonly sent: { conversation: string; message: string; author: number }[] = [];

  private constructor(world: World, name: string, database: Database.Database) {
    this.world = world;
    this.database = database;
    this.externalId = name;
    this.visitor = world.user(`visitor ${name}`, 'user', { anonymous: true });
    this.people = [];
  }

  static async open(world: World, name: string): Promise<Scene> {
    const database = new Database(join(world.folder, 'parley.db'), { readonly: true });
    const scene = new Scene(world, name, database);
    const said = { externalId: name, name: 'Una', admins: [], session: null };
    const { id, me } = await world.writer.submit<Sighted>({ type: 'user.sight', by: null, ...said });
    const named = { ...scene.visitor, id, uuid: me.id, anonymous: false };
    scene.people = [scene.visitor, named, world.user(`ann ${name}`, 'agent'), world.user(`ulf ${name}`)];
    const made = await world.writer.submit<{ conversation: Conversation }>({
      type: 'conversation.create',
      by: HOST,
      beginning: BEGINNING,
      kind: 'room',
      subject: null,
      externalId: name,
      maxLength: null,
      guests: [{ user: { uuid: (scene.people[3] as { uuid: string }).uuid }, name: null }],
    });
    scene.room = made.conversation.id;
    return scene;
  }

  rows(sql: string, ...params: unknown[]): Row[] {
    return this.database.prepare(sql).all(...params) as Row[];
  }

  /** What is refused is no matter: it is one of the ways that a past can be. */
  async play(deeds: readonly (readonly [number, number, number, number])[]): Promise<void> {
    for (const [who, what, a, b] of deeds) {
      const user = this.people[who] as (typeof this.people)[number];
      const change = this.change(user, what, a, b);
      if (change === null) continue;
      const answer = await this.world.writer.submit<{ message?: Message }>(change).then(
        (value) => value,
        () => null,
      );
      if (change.type === 'message.create' && answer?.message) {
        const { id, conversationId } = answer.message;
        this.sent.push({ conversation: conversationId, message: id, author: user.id });
      }
    }
  }

  private change(
    user: World['user'] extends (...args: never) => infer R ? R : never,
    what: number,
    a: number,
    b: number,
  ): Change | null {
    const threads = [this.room, ...new Set(this.sent.map(({ conversation }) => conversation))];
    const conversation = threads[a % threads.length] as string;
    const guest = { user: { uuid: user.uuid }, name: null, moderator: a % 2 === 0 };
    switch (what) {
      case 0:
        return sendChange(user, { support: b % 2 === 0 ? 'agent' : 'peer' }, 'to support');
      case 1:
      case 2:
        return sendChange(user, { conversation }, 'Hi');
      case 3:
        return { type: 'mark.read', by: by(user), conversation, seq: 1 + b };
      case 4: {
        const mine = this.sent.filter(({ author }) => author === user.id);
        const one = mine[b % Math.max(1, mine.length)];
        return one === undefined
          ? null
          : { type: 'message.delete', by: by(user), conversation: one.conversation, id: one.message };
      }
      case 5:
        return { type: 'participant.put', by: HOST, conversation: this.room, guest };
      case 6:
        return { type: 'participant.remove', by: HOST, conversation: this.room, user: user.uuid };
      default:
        return { type: 'conversation.patch', by: HOST, conversation, status: b % 2 ? 'open' : 'closed', ifSeq: null };
    }
  }

  merge(): PromiseLike<Named> {
    const session = newSession({ uuid: randomUUIDv7(), hash: randomUUIDv7(), kind: 'visitor' });
    return this.world.writer.submit<Named>({
      type: 'visitor.name',
      externalId: this.externalId,
      visitor: this.visitor.id,
      signedIn: null,
      admins: [],
      session,
    });
  }

  /** What the visitor would do now, the named user does. */
  becomeOne(): void {
    this.people[0] = this.people[1] as (typeof this.people)[number];
  }

  /** Where the file does not agree with a recount. */
  faults(): string[] {
    const found: string[] = [];
    for (const row of this.rows('select id, seq, rev from conversations')) {
      const { count, newest, revs } = this.rows(
        'select count(*) as count, max(seq) as newest, max(rev) as revs from messages where conversation = ?',
        row.id,
      )[0] as Row;
      if (count !== row.seq || (newest ?? 0) !== row.seq) found.push(`conversation ${row.id} has holes`);
      if (Number(revs ?? 0) > Number(row.rev)) found.push(`conversation ${row.id} is behind its messages`);
    }
    for (const row of this.rows(`select p.*, c.seq, p.left_at as gone,
        (select count(*) from messages m where m.conversation = c.id and m.seq > p.read_seq
          and (m.deleted_at is not null or m.kind = 'system')) as uncounted,
        (select count(*) from messages m join authors a on a.id = m.author where m.conversation = c.id
          and m.seq > p.read_seq and m.deleted_at is null and m.kind <> 'system' and a.user <> p.user) as unread
        from participants p join conversations c on c.id = p.conversation`)) {
      const told = Number(row.seq) - Number(row.read_seq) - Number(row.uncounted) - Number(row.own_after_read);
      if (row.gone === null && told !== row.unread) {
        found.push(`${row.user} in ${row.conversation}: unread ${told}, by a recount ${row.unread}`);
      }
    }
    for (const { id, told, there } of this.rows(`select id, participant_count as told, (select count(*)
        from participants where conversation = conversations.id and left_at is null) as there from conversations
        where kind <> 'side'`)) {
      if (told !== there) found.push(`${there} are in ${id}, and ${told} are told`);
    }
    return found;
  }

  /** What is left of the visitor, and what was not told to be read anew. */
  traces({ id: named }: Named): string[] {
    const { id } = this.visitor;
    const left = [
      ...this.rows('select 1 from participants where user = ?', id),
      ...this.rows('select 1 from authors where user = ?', id),
      ...this.rows('select 1 from conversations where customer = ? or last_user = ?', id, id),
      ...this.rows(`select 1 from conversations where open_key like 's:%:' || ?`, id),
    ];
    const torn = this.rows(
      'select 1 from conversations c join participants p on p.conversation = c.id where p.user = ? and p.rev > c.rev',
      named,
    );
    return [...left.map(() => 'something is left of the visitor'), ...torn.map(() => 'a participant is ahead')];
  }
}
