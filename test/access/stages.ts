/**
 * Where somebody may lose their access: a conversation in which everything happens that an open line can hear of, done
 * by others. Each happening has two rounds, before the loss and after it; nothing of the second may be heard.
 */
import type { Actor, TestApp } from '../helper.ts';
import { upload } from '../http/form.ts';
import { must } from './cast.ts';

export interface Stage {
  id: string;
  /** An attachment of a message there. */
  file: string;
  /** By the type of the event, in an order in which each is told: the first round from the first on, the second back. */
  happenings: [type: string, happen: (round: 0 | 1) => Promise<unknown>][];
  /** Others whose presence is watched. */
  watched: string[];
}

/** The people of one stage who stay. */
export interface Others {
  app: Pick<TestApp, 'url'>;
  /** Writes, edits, deletes, reads and types: somebody in it, or the customer. */
  writer: Actor;
  /** Changes it and writes what the writer reads. */
  changer: Actor;
  admin: Actor;
}

/** What the writer does, and what the changer writes for them to read. */
async function speech(id: string, { writer, changer }: Others): Promise<Stage['happenings']> {
  const path = `conversations/${id}`;
  const write = async (by: Actor, content: string) => must(await by.request('POST', `${path}/messages`, { content }));
  const edited = [await write(writer, 'to be edited'), await write(writer, 'to be edited too')];
  const deleted = [await write(writer, 'to be deleted'), await write(writer, 'to be deleted too')];
  const unread = [await write(changer, 'to be read'), await write(changer, 'to be read too')];
  const line = await writer.connect();
  const call = async (frame: object) => {
    const answer = await line.call(frame);
    if (answer.type === 'error') throw new Error(JSON.stringify(answer));
  };
  return [
    ['message.created', (round) => write(writer, `said in round ${round}`)],
    [
      'message.updated',
      async (round) =>
        must(
          await writer.request('PATCH', `${path}/messages/${edited[round].id}`, {
            content: `edited in round ${round}`,
          }),
        ),
    ],
    ['message.deleted', async (round) => must(await writer.request('DELETE', `${path}/messages/${deleted[round].id}`))],
    [
      'participant.read',
      async (round) => must(await writer.request('POST', `${path}/read`, { seq: unread[round].seq })),
    ],
    ['viewer', (round) => call({ type: 'conversation.view', conversationId: id, viewing: round === 0 })],
    ['presence', (round) => call({ type: 'presence.set', state: round === 0 ? 'away' : 'online' })],
    ['typing', (round) => call({ type: 'typing.set', conversationId: id, on: round === 0 })],
  ];
}

async function fileIn(id: string, { app, writer }: Others): Promise<string> {
  const { id: file } = await upload(app, writer);
  must(await writer.request('POST', `conversations/${id}/messages`, { attachments: [file] }));
  return file;
}

/** A change of the conversation itself: a subject of its own in each round. */
function renaming(id: string, { changer }: Others): Stage['happenings'][number] {
  const rename = async (round: number) =>
    must(await changer.request('PATCH', `conversations/${id}`, { subject: `round ${round}` }));
  return ['conversation.updated', rename];
}

export async function roomStage(
  loser: Actor,
  others: Others,
  host: Pick<Actor, 'request'>,
  guests: Actor[],
): Promise<Stage> {
  const { writer, changer } = others;
  const participants = [loser, writer, changer].map(({ user }) => ({
    userId: user.id,
    moderator: user.id === changer.user.id,
  }));
  const { id } = must(await host.request('POST', 'conversations', { kind: 'room', participants }));
  const joining = async (round: 0 | 1) =>
    must(await host.request('POST', `conversations/${id}/participants`, { userId: guests[round]?.user.id }));
  const file = await fileIn(id, others);
  const happenings = [...(await speech(id, others)), renaming(id, others)];
  return { id, file, happenings: [['participant.updated', joining], ...happenings], watched: [writer.user.id] };
}

/** `writer` is the customer; the loser is in charge, or sees it wait, or sees all as one of the team. */
export async function supportStage(
  loser: Actor,
  others: Others,
  standing: { queue: 'agent' | 'peer'; assignee: 'loser' | 'changer' | null },
): Promise<Stage> {
  const { writer, changer, admin } = others;
  const { id, team } = must(
    await changer.request('POST', 'conversations', {
      kind: 'support',
      customerId: writer.user.id,
      queue: standing.queue,
    }),
  );
  const file = await fileIn(id, others);
  const happenings = await speech(id, others);
  const assignees = { loser: loser.user.id, changer: changer.user.id };
  const assigneeId = standing.assignee === null ? null : assignees[standing.assignee];
  must(await admin.request('PATCH', `conversations/${id}`, { assigneeId }));
  // Of the side conversation hears who is in charge, and the team.
  const note = async (round: number) =>
    must(await admin.request('POST', `conversations/${team.id}/messages`, { content: `noted in round ${round}` }));
  const notes: Stage['happenings'] = standing.assignee === null ? [] : [['message.created', note]];
  return { id, file, happenings: [...notes, ...happenings, renaming(id, others)], watched: [writer.user.id] };
}

/** The loser is its customer; `writer` is of the team. */
export async function customerStage(loser: Actor, others: Others): Promise<Stage> {
  const { writer } = others;
  const { id } = must(await loser.request('POST', 'conversations', { kind: 'support' }));
  const customers = { ...others, changer: loser };
  const file = await fileIn(id, customers);
  // Customers are not told who views and who is there; and whoever answers has read all of it.
  const untold = ['viewer', 'presence', 'participant.read'];
  const happenings = (await speech(id, customers)).filter(([type]) => !untold.includes(type));
  return { id, file, happenings: [...happenings, renaming(id, { ...others, changer: writer })], watched: [] };
}

export async function directStage(loser: Actor, others: Others): Promise<Stage> {
  const { writer } = others;
  const { id } = must(await loser.request('POST', 'conversations', { kind: 'direct', userId: writer.user.id }));
  const both = { ...others, changer: loser };
  const file = await fileIn(id, both);
  return { id, file, happenings: await speech(id, both), watched: [writer.user.id] };
}

/** Lets everything happen once, each done when its answer is there. */
export async function happen(stages: readonly Stage[], round: 0 | 1): Promise<void> {
  for (const { happenings } of stages) {
    for (const [, act] of round === 0 ? happenings : happenings.toReversed()) await act(round);
  }
}

/** The types of the events that a stage tells. */
export function typesOf(stages: readonly Stage[]): Set<string> {
  return new Set(stages.flatMap(({ happenings }) => happenings.map(([type]) => type)));
}
