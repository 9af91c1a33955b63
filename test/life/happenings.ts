/** Everything that can happen to conversations, one after another: a sentence, and how it is done. */
import { randomUUIDv7 } from 'node:crypto';
import type { Actor, Body, TestApp } from '../helper.ts';

export interface People {
  vera: Actor;
  ann: Actor;
  abe: Actor;
  pia: Actor;
  una: Actor;
  ulf: Actor;
  key: Omit<Actor, 'user' | 'connect'>;
}

/** What earlier happenings made. */
export interface Made {
  support: string;
  side: string;
  peers: string;
  room: string;
  direct: string;
  /** Ids of messages, by a name. */
  messages: Record<string, string>;
}

export async function makePeople(app: TestApp): Promise<People> {
  const [ann, abe, pia] = [
    await app.member('agent', 'ann'),
    await app.member('agent', 'abe'),
    await app.member('peer', 'pia'),
  ];
  const [vera, una, ulf] = [
    await app.visitor({ name: 'Vera' }),
    await app.hostUser('una', { name: 'Una' }),
    await app.hostUser('ulf', { name: 'Ulf' }),
  ];
  return { vera, ann, abe, pia, una, ulf, key: await app.key('*') };
}

async function must(answer: Promise<{ status: number; body: Body }>): Promise<Body> {
  const { status, body } = await answer;
  if (status >= 300) throw new Error(`${status} ${JSON.stringify(body)}`);
  return body;
}

type Happening = (people: People, made: Made) => Promise<unknown>;

function writes(who: keyof Omit<People, 'key'>, where: keyof Omit<Made, 'messages'>, content: string): Happening {
  return async (people, made) => {
    const id = randomUUIDv7();
    made.messages[content] = id;
    await must(people[who].request('POST', `conversations/${made[where]}/messages`, { id, content }));
  };
}

function begins(who: 'vera' | 'una', to: (people: People) => unknown, name: 'support' | 'peers' | 'direct'): Happening {
  return async (people, made) => {
    const content = `to ${name}`;
    const message = { id: randomUUIDv7(), content };
    made.messages[content] = message.id;
    const told = await must(people[who].request('POST', 'messages', { to: to(people), message }));
    made[name] = told.conversationId;
    if (name !== 'support') return;
    made.side = (await must(people.ann.request('GET', `conversations/${told.conversationId}`))).team.id;
  };
}

function edits(who: keyof Omit<People, 'key'>, where: keyof Omit<Made, 'messages'>, message: string): Happening {
  return (people, made) => {
    const path = `conversations/${made[where]}/messages/${made.messages[message]}`;
    return must(people[who].request('PATCH', path, { content: `${message}, edited` }));
  };
}

function deletes(who: keyof Omit<People, 'key'>, where: keyof Omit<Made, 'messages'>, message: string): Happening {
  return (people, made) =>
    must(people[who].request('DELETE', `conversations/${made[where]}/messages/${made.messages[message]}`));
}

function reads(who: keyof Omit<People, 'key'>, where: keyof Omit<Made, 'messages'>, seq: number): Happening {
  return (people, made) => must(people[who].request('POST', `conversations/${made[where]}/read`, { seq }));
}

function changes(who: keyof People, where: keyof Omit<Made, 'messages'>, patch: (people: People) => object): Happening {
  return (people, made) => must(people[who].request('PATCH', `conversations/${made[where]}`, patch(people)));
}

const assigned = (to: 'ann' | 'abe' | 'pia' | null) => (people: People) => ({
  assigneeId: to === null ? null : people[to].user.id,
});

function put(who: 'una' | 'ulf', more: object): Happening {
  return (people, made) =>
    must(
      people.key.request('POST', `conversations/${made.room}/participants`, { userId: people[who].user.id, ...more }),
    );
}

function out(who: 'una' | 'ulf', by: 'key' | 'una' | 'ulf'): Happening {
  return (people, made) =>
    must(people[by].request('DELETE', `conversations/${made.room}/participants/${people[who].user.id}`));
}

export const happenings: Record<string, Happening> = {
  'the customer writes to the team': begins('vera', () => 'support', 'support'),
  'the customer writes more': writes('vera', 'support', 'more'),
  'the customer edits the newest message': edits('vera', 'support', 'more'),
  'the customer edits an older message': edits('vera', 'support', 'to support'),
  'an agent answers, and has it': writes('abe', 'support', 'answer'),
  'an agent writes a note': writes('ann', 'side', 'note'),
  'the note is edited': edits('ann', 'side', 'note'),
  'another note': writes('abe', 'side', 'second note'),
  'the note is deleted': deletes('abe', 'side', 'note'),
  'the newest note is deleted': deletes('abe', 'side', 'second note'),
  'the customer reads': reads('vera', 'support', 3),
  'the customer writes again': writes('vera', 'support', 'again'),
  'who has it reads': reads('abe', 'support', 4),
  'an agent deletes the newest message of the customer': deletes('ann', 'support', 'again'),
  'an agent deletes an older message of the customer': deletes('ann', 'support', 'more'),
  'the agent edits the answer': edits('abe', 'support', 'answer'),
  'it gets a subject': changes('ann', 'support', () => ({ subject: 'Lamps' })),
  'it passes to a peer': changes('ann', 'support', assigned('pia')),
  'the peer answers': writes('pia', 'support', 'of the peer'),
  'the peer writes a note': writes('pia', 'side', 'note of the peer'),
  'the peer lets go of it': changes('pia', 'support', assigned(null)),
  'the agent with the inbox takes it': changes('ann', 'support', assigned('ann')),
  'it is closed': changes('ann', 'support', () => ({ status: 'closed' })),
  'the customer opens it again by a message': writes('vera', 'support', 'still there'),
  'it is closed and let go at once': changes('ann', 'support', () => ({ status: 'closed', assigneeId: null })),
  'an agent opens it again': changes('abe', 'support', () => ({ status: 'open' })),
  'it gets tags': changes('ann', 'support', () => ({ tags: ['lamps', 'urgent'] })),
  'it is put off, and loses a tag': changes('abe', 'support', () => ({
    snoozedUntil: '2036-01-31T12:00:00.000Z',
    tags: ['lamps'],
  })),
  'the customer writes, and it is put off no longer': writes('vera', 'support', 'I am back'),
  'it is closed once more': changes('ann', 'support', () => ({ status: 'closed' })),
  'the customer says how it was': ({ vera }, { support }) =>
    must(vera.request('POST', `conversations/${support}/rating`, { score: 4, comment: 'quick' })),
  'and has one more question': writes('vera', 'support', 'one more'),
  'the customer writes to the peers': begins('vera', () => ({ queue: 'peer' }), 'peers'),
  'a peer takes it': ({ pia }, { peers }) => must(pia.request('POST', `conversations/${peers}/claim`)),
  'the peer closes it': changes('pia', 'peers', () => ({ status: 'closed' })),
  'an agent takes it from the peer': changes('ann', 'peers', assigned('abe')),
  'the peers get it back': changes('ann', 'peers', assigned(null)),
  'the host makes a room': async ({ key, una }, made) => {
    const participants = [{ userId: una.user.id, moderator: true }];
    const room = await must(key.request('POST', 'conversations', { kind: 'room', externalId: 'call-1', participants }));
    made.room = room.id;
  },
  'the moderator writes': writes('una', 'room', 'welcome'),
  'somebody comes into the room': put('ulf', { title: 'patient' }),
  'who came writes': writes('ulf', 'room', 'thanks'),
  'who came reads': reads('ulf', 'room', 2),
  'who came gets another title': put('ulf', { title: 'guest' }),
  'who came becomes a moderator': put('ulf', { moderator: true }),
  'the room gets a subject': changes('una', 'room', () => ({ subject: 'Call' })),
  'the room takes shorter messages': changes('key', 'room', () => ({ maxLength: 500 })),
  'a moderator deletes another’s message': deletes('ulf', 'room', 'welcome'),
  'somebody goes out of the room': out('ulf', 'ulf'),
  'who stayed writes': writes('una', 'room', 'alone'),
  'who went comes back': put('ulf', {}),
  'the host takes somebody out': out('ulf', 'key'),
  'the host puts them back': put('ulf', { title: 'patient' }),
  'the room is closed': changes('una', 'room', () => ({ status: 'closed' })),
  'the room is opened again': changes('una', 'room', () => ({ status: 'open' })),
  'one writes to the other': begins('una', ({ ulf }) => ({ userId: ulf.user.id }), 'direct'),
  'the other answers': writes('ulf', 'direct', 'hello too'),
  'one edits': edits('una', 'direct', 'to direct'),
  'the other edits the newest': edits('ulf', 'direct', 'hello too'),
  'one reads': reads('una', 'direct', 2),
  'the other reads': reads('ulf', 'direct', 1),
  'the other deletes': deletes('ulf', 'direct', 'hello too'),
  'the host writes into the room': ({ key }, { room }) =>
    must(key.request('POST', `conversations/${room}/messages`, { kind: 'system', content: 'The call is recorded.' })),
};
