/**
 * Who has a conversation before their eyes, on whichever server. Told whole: in support to the team that views it too, in
 * direct conversations to both, and in rooms to those who view them, while they are small.
 */
import type { Bus } from '../../db/bus.ts';
import type { ConversationRow } from '../../db/rows.ts';
import { Frame } from '../../hub/frame.ts';
import type { Hub } from '../../hub/hub.ts';
import type { Line } from '../../hub/line.ts';
import { MAX_WATCHED_USERS, SMALL_ROOM } from '../../protocol/limits.ts';
import type { Person } from '../../protocol/person.ts';
import { misshapen } from '../../protocol/refusal.ts';
import type { UserCaller } from '../caller.ts';
import { hears } from '../publish.ts';
import type { Readings } from '../readings/readings.ts';
import type { Rows } from '../readings/rows.ts';
import type { Threads } from '../readings/threads.ts';
import { personOfUser } from '../views.ts';
import { earshot, isNear, viewersOf } from './earshot.ts';
import { Elsewhere } from './elsewhere.ts';
import { Held } from './held.ts';
import { Tellings } from './tellings.ts';

export type Viewers = ReturnType<typeof createViewers>;

/** Keys of the users who view a conversation on one server, and of the two of a direct one. */
interface ViewedThere {
  users: number[];
  both: number[];
}

export interface ViewersParts {
  hub: Hub;
  bus: Bus;
  rows: Rows;
  threads: Threads;
  readings: Pick<Readings, 'conversation'>;
  onError: (error: unknown) => void;
}

export function createViewers({ hub, bus, rows, threads, readings, onError }: ViewersParts) {
  /** The users of each list that was told, by the conversation's key. */
  const told = new Map<number, string>();
  /** Those of this server in them. */
  const here = new Map<number, ViewedThere>();
  /** Who has come to view and was told no list yet. */
  const newcomers = new Map<number, Set<Line>>();
  /** What each line has before its eyes: asked when it is no longer in the hub. */
  const viewed = new WeakMap<Line, Set<number>>();
  const lists = new Tellings(tell);
  const tellAnew = (conversation: number) => void lists.anew(conversation).catch(onError);

  const elsewhere = new Elsewhere<ViewedThere>({
    bus,
    subject: 'viewers',
    own: () => here,
    change(conversation, take, former, now) {
      take();
      const users = [...(former?.both ?? []), ...(now?.both ?? [])];
      if (told.has(conversation) || isNear(hub, { conversation, users })) tellAnew(conversation);
    },
  });
  elsewhere.begin();

  async function people(keys: Iterable<number>): Promise<Person[]> {
    const users = await Promise.all([...new Set(keys)].map((id) => rows.user.get({ id })));
    return users.flatMap((user) => (user === undefined ? [] : personOfUser(user)));
  }

  async function bothOf({ id, kind }: ConversationRow): Promise<number[]> {
    return kind === 'direct' ? (await rows.present.all({ conversation: id })).map(({ user }) => user.id) : [];
  }

  function hearers(conversation: ConversationRow, viewing: readonly Line[], both: readonly number[]): Iterable<Line> {
    switch (conversation.kind) {
      case 'support':
        return viewing.filter(({ user }) => user !== conversation.customer);
      case 'direct':
        return earshot(hub, conversation, both);
      default:
        return conversation.participantCount > SMALL_ROOM ? [] : viewing;
    }
  }

  /** Keeps who views it here, and tells the other servers where that has changed. */
  function keep(conversation: number, lines: readonly Line[], both: number[]): void {
    const former = here.get(conversation);
    const users = [...new Set(lines.map(({ user }) => user))];
    if ((former?.users ?? []).join() === users.join()) return;
    if (users.length === 0) here.delete(conversation);
    else here.set(conversation, { users, both });
    elsewhere.tell(conversation, here.get(conversation) ?? null);
  }

  /** Tells the list where it has changed, and to newcomers in any case. */
  async function tell(id: number): Promise<void> {
    const conversation = await rows.conversation.get({ id });
    const fresh = newcomers.get(id);
    newcomers.delete(id);
    if (conversation === undefined) {
      told.delete(id);
      keep(id, [], []);
      return;
    }
    const viewing = viewersOf(hub, conversation);
    const both = await bothOf(conversation);
    keep(id, viewing, both);
    const users = await people([...viewing.map(({ user }) => user), ...elsewhere.of(id).flatMap((one) => one.users)]);
    const now = users.map((user) => user.id).join();
    const changed = (told.get(id) ?? '') !== now;
    if (now === '') told.delete(id);
    else told.set(id, now);
    const frame = new Frame({ type: 'viewer', conversationId: conversation.uuid, users });
    for (const line of hearers(conversation, viewing, both)) if (changed || fresh?.has(line)) hub.deliver(line, frame);
  }

  /** Views first and reads then: what is published meanwhile waits, and what the reading had is dropped. */
  async function begin(caller: UserCaller, line: Line, main: ConversationRow): Promise<void> {
    const held = line.isHeld;
    line.hold();
    hub.view(line, main.id, true);
    try {
      const { my: _, ...conversation } = await readings.conversation(caller, main.uuid);
      const { id: conversationId, rev } = conversation;
      const created = new Frame({ type: 'conversation.created', conversationId, rev, conversation });
      if (held) hub.deliver(line, created);
      else line.release(new Held().changes({ conversations: [conversation] }).has, created);
    } catch (error) {
      hub.view(line, main.id, false);
      if (!held) line.release(() => false);
      throw error;
    }
  }

  return {
    /** Who of the team did not hear the conversation hears it from here on, and is told so. */
    async view(caller: UserCaller, line: Line, conversationId: string, viewing: boolean): Promise<void> {
      const { row, main } = await threads.find(caller, conversationId);
      if (row !== main) throw misshapen('conversationId', 'must not be a side conversation');
      const own = viewed.get(line) ?? new Set();
      if (viewing && !own.has(main.id) && own.size >= MAX_WATCHED_USERS) {
        throw misshapen('conversationId', `is one too many: a line views at most ${MAX_WATCHED_USERS} conversations`);
      }
      if (viewing) viewed.set(line, own.add(main.id));
      else own.delete(main.id);
      if (viewing && !hears(line, main)) await begin(caller, line, main);
      else hub.view(line, main.id, viewing);
      if (viewing) newcomers.set(main.id, (newcomers.get(main.id) ?? new Set()).add(line));
      await lists.anew(main.id);
    },

    /** Those who lost access no longer view; called when somebody may have. Reads nothing at once. */
    changed(conversation: number): void {
      if (told.has(conversation)) tellAnew(conversation);
    },

    /** A line is gone, and no longer in the hub. */
    left(line: Line): void {
      const own = viewed.get(line);
      viewed.delete(line);
      for (const conversation of own ?? []) tellAnew(conversation);
    },
  };
}
