/**
 * Conversations to be judged in, made anew for each who is judged: one of every kind, with a message in it by
 * everybody who ever could write there.
 */
import { randomUUIDv7 } from 'node:crypto';
import type { Actor } from '../helper.ts';
import { upload } from '../http/form.ts';
import { type Cast, must } from './cast.ts';

export interface Scene {
  /** The conversation, or the side conversation. */
  id: string;
  /** Of the message that a user wrote there, by the user's id. */
  messages: Map<string, string>;
  /** An attachment of a message there; of no conversation, an id of nothing. */
  file: string;
  /** Users who are in it, or were. */
  users: string[];
}

type Said = Pick<Scene, 'messages' | 'file'>;
const nothing = (): Said => ({ messages: new Map(), file: '' });

export type Kind = 'support' | 'side' | 'direct' | 'room';

/** Who is judged: somebody of the cast, and for support who is in charge then. */
export interface Column {
  who: keyof Cast['people'];
  /** Support: `nobody` leaves it waiting in the queue of peers. */
  charge?: 'agent' | 'peer' | 'bot' | 'nobody';
}

/** The columns of the tables: who each of them is. */
export const columns: Record<string, Column> = {
  customer: { who: 'customer' },
  blocked: { who: 'barred' },
  visitor: { who: 'visitor' },
  user: { who: 'user' },
  agent: { who: 'agent' },
  admin: { who: 'admin' },
  'peer:charge': { who: 'peer', charge: 'peer' },
  'peer:queue': { who: 'peer', charge: 'nobody' },
  'peer:other': { who: 'otherPeer', charge: 'peer' },
  'peer:former': { who: 'formerPeer', charge: 'peer' },
  'bot:charge': { who: 'bot', charge: 'bot' },
  'bot:other': { who: 'otherBot', charge: 'bot' },
  one: { who: 'ann' },
  member: { who: 'ann' },
  moderator: { who: 'moderator' },
  former: { who: 'former' },
  'agent:in': { who: 'agentIn' },
  peer: { who: 'peer' },
  bot: { who: 'bot' },
};

export type MakeScene = (kind: Kind, column: Column) => Promise<Scene>;

export function sceneMaker({ people, keys, app }: Cast): MakeScene {
  const { admin, agent, formerPeer, barred, customer } = people;
  const host = app.actor(keys['*'], admin.user);

  async function write(by: Actor, id: string, said: Said): Promise<void> {
    await writeAll([by], id, said);
  }

  /** All at once, after the first, who brings a file. */
  async function writeAll([first, ...others]: readonly [Actor, ...Actor[]], id: string, said: Said): Promise<void> {
    const send = async (by: Actor, attachments: string[] = []) =>
      must(await by.request('POST', `conversations/${id}/messages`, { content: `from ${by.user.id}`, attachments }));
    const one = await send(first, said.file === '' ? [(await upload(app, first)).id] : []);
    said.messages.set(first.user.id, one.id);
    said.file ||= one.attachments[0].id;
    const sent = await Promise.all(others.map((by) => send(by)));
    for (const [place, by] of others.entries()) said.messages.set(by.user.id, sent[place].id);
  }

  async function asBarred<T>(act: () => Promise<T>): Promise<T> {
    must(await admin.request('POST', `users/${barred.user.id}/unblock`));
    const made = await act();
    must(await admin.request('POST', `users/${barred.user.id}/block`));
    return made;
  }

  async function support(column: Column, side: boolean): Promise<Scene> {
    const { charge = 'agent' } = column;
    const its = column.who === 'barred' ? barred : customer;
    const queue = charge === 'nobody' ? 'peer' : 'agent';
    const made = must(
      await admin.request('POST', 'conversations', { kind: 'support', customerId: its.user.id, queue }),
    );
    const id: string = side ? made.team.id : made.id;
    const said = nothing();
    const assign = async (assigneeId: string | null) =>
      must(await admin.request('PATCH', `conversations/${made.id}`, { assigneeId }));
    if (side) await write(its, made.id, nothing());
    // Who of the team answers first is in charge, and hears it until somebody else is: the agent, always.
    await writeAll(side ? [agent] : [its, agent], id, said);
    await write(admin, id, said);
    for (const before of [formerPeer, ...(charge === 'nobody' ? [people.peer] : [])]) {
      await assign(before.user.id);
      await write(before, id, said);
    }
    const inCharge = charge === 'nobody' ? null : people[charge];
    await assign(inCharge === null ? null : inCharge.user.id);
    if (inCharge !== null && charge !== 'agent' && !(side && charge === 'bot')) await write(inCharge, id, said);
    return { id, ...said, users: [its.user.id] };
  }

  async function direct({ who }: Column): Promise<Scene> {
    const one = { barred, agentIn: people.agentIn }[who as string] ?? people.ann;
    const { id } = must(await one.request('POST', 'conversations', { kind: 'direct', userId: people.bob.user.id }));
    const said = nothing();
    await writeAll([one, people.bob], id, said);
    return { id, ...said, users: [one.user.id, people.bob.user.id] };
  }

  async function room({ who }: Column): Promise<Scene> {
    const { ann, moderator, former, agentIn } = people;
    const inside: [Actor, ...Actor[]] = [ann, moderator, former, agentIn, ...(who === 'barred' ? [barred] : [])];
    const participants = inside.map((actor) => ({ userId: actor.user.id, moderator: actor === moderator }));
    const body = { kind: 'room', externalId: randomUUIDv7(), participants };
    const { id } = must(await host.request('POST', 'conversations', body));
    const said = nothing();
    await writeAll(inside, id, said);
    must(await host.request('DELETE', `conversations/${id}/participants/${former.user.id}`));
    return { id, ...said, users: inside.map(({ user }) => user.id) };
  }

  const made = { support: (column: Column) => support(column, false), side: (column: Column) => support(column, true) };
  return (kind, column) => {
    const make = () => ({ ...made, direct, room })[kind](column);
    return column.who === 'barred' ? asBarred(make) : make();
  };
}
