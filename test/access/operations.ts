/** What can be done to a conversation by its id, each by all the doors that lead there. */
import { randomUUIDv7 } from 'node:crypto';
import type { CommandType } from '../../src/protocol/commands.ts';
import type { Scene } from './scenes.ts';

/** Where it is done: the scene, who does it, the message that is meant, and somebody who is in nothing. */
export interface Place {
  scene: Scene;
  self: string;
  message: string;
  guest: string;
  agent: string;
}

export interface Operation {
  /** Which message it is about: without one that is theirs, there is nothing to ask. */
  message?: 'own' | "another's";
  /** Whether success makes the scene another one. */
  spoils?: boolean;
  /** By the route's name. */
  http?: Record<string, (place: Place) => { path?: string; body?: unknown }>;
  /** By the command's type: what its frame has besides the conversation. */
  line?: Partial<Record<CommandType, (place: Place) => object>>;
}

const AT = '/v1/conversations/:id';
const MESSAGE = `${AT}/messages/:messageId`;
const nothing = () => ({});

const named = ({ message: messageId }: Place) => ({ messageId });
const editing: Operation = {
  http: { [`PATCH ${MESSAGE}`]: () => ({ body: { content: 'edited' } }) },
  line: { 'message.edit': (place) => ({ ...named(place), content: 'edited again' }) },
};
const deleting: Operation = {
  spoils: true,
  http: { [`DELETE ${MESSAGE}`]: nothing },
  line: { 'message.delete': named },
};
const patching = (body: (place: Place) => object): Operation => ({
  spoils: true,
  http: { [`PATCH ${AT}`]: (place) => ({ body: body(place) }) },
});
const takingOut = (who: (place: Place) => string): Operation => ({
  spoils: true,
  http: { [`DELETE ${AT}/participants/:userId`]: (place) => ({ path: who(place) }) },
});

export const operations: Record<string, Operation> = {
  'see it': { http: { [`GET ${AT}`]: nothing, [`HEAD ${AT}`]: nothing } },
  'see its history': { http: { [`GET ${AT}/messages`]: nothing, [`HEAD ${AT}/messages`]: nothing } },
  'see a message': { message: "another's", http: { [`GET ${MESSAGE}`]: nothing, [`HEAD ${MESSAGE}`]: nothing } },
  'fetch a file': { http: { 'GET /v1/attachments/:id': nothing, 'HEAD /v1/attachments/:id': nothing } },
  'see who is in it': { http: { [`GET ${AT}/participants`]: nothing, [`HEAD ${AT}/participants`]: nothing } },
  'catch up': {
    http: { [`GET ${AT}/sync`]: nothing, [`HEAD ${AT}/sync`]: nothing },
    line: { 'conversation.sync': () => ({ since: 0 }) },
  },
  'take it along': { http: { [`GET ${AT}/transcript`]: nothing, [`HEAD ${AT}/transcript`]: nothing } },
  'search in it': {
    http: {
      'GET /v1/search': ({ scene }) => ({ path: `?q=Hi&conversation=${scene.id}` }),
      'HEAD /v1/search': ({ scene }) => ({ path: `?q=Hi&conversation=${scene.id}` }),
    },
  },
  'count what is in it': { http: { [`GET ${AT}/stats`]: nothing, [`HEAD ${AT}/stats`]: nothing } },
  'view it': { line: { 'conversation.view': () => ({ viewing: true }) } },
  write: {
    http: { [`POST ${AT}/messages`]: () => ({ body: { content: 'Hi' } }) },
    line: { 'message.send': () => ({ message: { content: 'Hi' } }) },
  },
  'write as the system': {
    http: { [`POST ${AT}/messages`]: () => ({ body: { content: 'Hi', kind: 'system' } }) },
    line: { 'message.send': () => ({ message: { content: 'Hi', kind: 'system' } }) },
  },
  type: {
    http: { [`POST ${AT}/typing`]: () => ({ body: { on: true } }) },
    line: { 'typing.set': () => ({ on: true }) },
  },
  'mark as read': {
    http: { [`POST ${AT}/read`]: () => ({ body: { seq: 1 } }) },
    line: { 'conversation.read': () => ({ seq: 1 }) },
  },
  'mark as delivered': {
    http: { [`POST ${AT}/delivered`]: () => ({ body: { seq: 1 } }) },
    line: { 'conversation.delivered': () => ({ seq: 1 }) },
  },
  'edit their own': { ...editing, message: 'own' },
  "edit another's": { ...editing, message: "another's" },
  'delete their own': { ...deleting, message: 'own' },
  "delete another's": { ...deleting, message: "another's" },
  'stop an answer': {
    message: "another's",
    http: { [`POST ${MESSAGE}/stop`]: nothing },
    line: { 'message.stop': named },
  },
  'close it': patching(() => ({ status: 'closed' })),
  'rename it': patching(() => ({ subject: 'Lamps' })),
  'put an agent in charge': patching(({ agent }) => ({ assigneeId: agent })),
  'put nobody in charge': patching(() => ({ assigneeId: null })),
  'delete it': { spoils: true, http: { [`DELETE ${AT}`]: nothing } },
  'tag it': patching(() => ({ tags: ['lamps'] })),
  'put it off': patching(() => ({ snoozedUntil: '2036-01-31T12:00:00.000Z' })),
  'claim it': { spoils: true, http: { [`POST ${AT}/claim`]: nothing } },
  'hand it over': { spoils: true, http: { [`POST ${AT}/handover`]: nothing } },
  'rate it': { http: { [`POST ${AT}/rating`]: () => ({ body: { score: 5 } }) } },
  'leave a note': { http: { [`POST ${AT}/notes`]: () => ({ body: { content: 'Hi' } }) } },
  'bring somebody in': {
    spoils: true,
    http: { [`POST ${AT}/participants`]: ({ guest }) => ({ body: { userId: guest } }) },
  },
  'bring in who is nobody': {
    spoils: true,
    http: { [`POST ${AT}/participants`]: () => ({ body: { externalId: randomUUIDv7(), name: 'New' } }) },
  },
  'take another out': takingOut(({ scene, self }) => scene.users.find((user) => user !== self) ?? self),
  'take a stranger out': takingOut(({ guest }) => guest),
  leave: takingOut(({ self }) => self),
};

/** The address of a route with the ids of a place in it; `last` is the last of them, or a query. */
export function pathOf(route: string, { scene, message }: Place, last = ''): string {
  const [, url = ''] = route.split(' ');
  if (url.startsWith('/v1/attachments/')) return url.replace(':id', scene.file);
  const path = url.replace(':id', scene.id).replace(':messageId', message).replace(':userId', last);
  return last.startsWith('?') ? `${path}${last}` : path;
}
