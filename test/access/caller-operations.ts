/** What can be done without naming a conversation, each by all the doors that lead there. */
import { randomUUIDv7 } from 'node:crypto';
import type { CommandType } from '../../src/protocol/commands.ts';
import type { Actor } from '../helper.ts';
import { formWith, PNG } from '../http/form.ts';
import { type Cast, must } from './cast.ts';

export interface Asking {
  cast: Cast;
  /** Of one who has nothing to do with who asks. */
  session: string;
}

/** What is put behind the route's path, into its `:id`, and into its body. */
export interface Call {
  id?: string;
  deliveryId?: string;
  query?: string;
  body?: unknown;
}

export interface CallerOperation {
  /** By the route's name. */
  http?: Record<string, (asking: Asking) => Call | Promise<Call>>;
  line?: Partial<Record<CommandType, (asking: Asking) => object>>;
  /** Ends the credential: asked with another one of the same user. */
  endsSession?: true;
  /** Takes away what it is asked about: each key is asked with a call of its own. */
  spends?: true;
}

const nothing = () => ({});
const read = (url: string, call: (asking: Asking) => Call = nothing): CallerOperation => ({
  http: { [`GET ${url}`]: call, [`HEAD ${url}`]: call },
});
const post = (url: string, call: (asking: Asking) => Call = nothing): CallerOperation => ({
  http: { [`POST ${url}`]: call },
});
const patch = (url: string, call: (asking: Asking) => Call): CallerOperation => ({ http: { [`PATCH ${url}`]: call } });

const user =
  (who: (cast: Cast) => Actor, body?: unknown) =>
  (asking: Asking): Call => ({
    id: who(asking.cast).user.id,
    ...(body === undefined ? {} : { body }),
  });
const guest = ({ people }: Cast) => people.guest;
const anAgent = ({ people }: Cast) => people.agentIn;
const anAdmin = ({ people }: Cast) => people.chief;

const begin = (body: (cast: Cast) => object) => post('/v1/conversations', ({ cast }) => ({ body: body(cast) }));

const writeTo = (to: (cast: Cast) => unknown, more: object = {}): CallerOperation => ({
  http: { 'POST /v1/messages': ({ cast }) => ({ body: { to: to(cast), message: { content: 'Hi', ...more } } }) },
  line: { 'message.send': ({ cast }) => ({ to: to(cast), message: { content: 'Hi', ...more } }) },
});

async function newKey({ cast }: Asking): Promise<string> {
  return must(await cast.people.admin.request('POST', 'api-keys', { name: 'test', scopes: ['users'] })).id;
}

const PUSH = {
  endpoint: 'https://push.example.com/1',
  keys: {
    p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
    auth: 'BTBZMqHH6r4Tts7J_aSIgg',
  },
};

const PROOF = { password: 'a guess', code: '123456' };

const CREDENTIAL = {
  id: 'AAAA',
  rawId: 'AAAA',
  type: 'public-key',
  response: { clientDataJSON: 'AAAA', attestationObject: 'AAAA' },
};

const BOT = { name: 'Lea', engine: 'webhook', url: 'https://example.org/hook' };

async function newBot({ cast }: Asking): Promise<string> {
  return must(await cast.people.admin.request('POST', 'bots', BOT)).id;
}

async function newWebhook({ cast }: Asking): Promise<string> {
  const body = { url: 'http://127.0.0.1:9/', enabled: false };
  return must(await cast.people.admin.request('POST', 'webhooks', body)).id;
}

/** Of a test, at an address that is not gone to. */
async function newDelivery(asking: Asking): Promise<Call> {
  const id = await newWebhook(asking);
  const { id: deliveryId } = must(await asking.cast.people.admin.request('POST', `webhooks/${id}/test`));
  return { id, deliveryId };
}

async function newUser({ people }: Cast, role: string = 'user'): Promise<string> {
  return must(await people.admin.request('POST', 'users', { name: 'New', role })).id;
}

async function newCannedReply({ cast }: Asking): Promise<string> {
  const body = { shortcut: randomUUIDv7(), text: 'Hi' };
  return must(await cast.people.admin.request('POST', 'canned-replies', body)).id;
}

export const callerOperations: Record<string, CallerOperation> = {
  'see themselves': read('/v1/me'),
  'change themselves': patch('/v1/me', () => ({ body: { fields: { plan: 'free' } } })),
  'get a ticket': read('/v1/me/ticket'),
  'list their sessions': read('/v1/me/sessions'),
  "end another's session": { http: { 'DELETE /v1/me/sessions/:id': ({ session }) => ({ id: session }) } },
  // Without their password; how it goes with it is in `test/http/totp.test.ts`.
  'see their second factor': read('/v1/me/totp'),
  'begin a second factor': post('/v1/me/totp', () => ({ body: { password: 'a guess' } })),
  'confirm a second factor': post('/v1/me/totp/confirm', () => ({ body: { code: '123456' } })),
  'make recovery codes': post('/v1/me/totp/recovery-codes', () => ({ body: PROOF })),
  'end their second factor': { http: { 'DELETE /v1/me/totp': () => ({ body: PROOF }) } },
  // On a server without an address of its own, where there are none; the rest is in `test/browser/console/passkeys.test.ts`.
  'list their passkeys': read('/v1/me/passkeys'),
  'begin a passkey': post('/v1/me/passkeys/begin'),
  'keep a passkey': post('/v1/me/passkeys', () => ({ body: { name: 'Key', response: CREDENTIAL } })),
  "rename another's passkey": patch('/v1/me/passkeys/:id', () => ({ id: randomUUIDv7(), body: { name: 'Mine' } })),
  "take another's passkey away": { http: { 'DELETE /v1/me/passkeys/:id': () => ({ id: randomUUIDv7() }) } },
  'be sent what they miss': post('/v1/me/push', () => ({ body: PUSH })),
  'be sent nothing any more': {
    http: { 'DELETE /v1/me/push': () => ({ body: { endpoint: 'https://push.example.com/nobody' } }) },
  },
  'invite somebody': post('/v1/invitations', () => ({ body: { role: 'admin' } })),
  'sign out': { endsSession: true, ...post('/v1/auth/logout') },
  "mint a user's token": post('/v1/tokens', () => ({ body: { externalId: 'guest' } })),
  "mint an admin's token": post('/v1/tokens', () => ({ body: { externalId: 'chief' } })),
  'list users': read('/v1/users'),
  'see a user': read('/v1/users/:id', user(guest)),
  'see who is nobody': read('/v1/users/:id', () => ({ id: randomUUIDv7() })),
  'make a user': post('/v1/users', () => ({ body: { name: 'New' } })),
  'make an admin': post('/v1/users', () => ({ body: { name: 'New', role: 'admin' } })),
  'change a user': patch('/v1/users/:id', user(guest, { name: 'Guest' })),
  'make a user an admin': patch('/v1/users/:id', (asking) => user(anAdmin, { role: 'admin' })(asking)),
  'change an admin': patch('/v1/users/:id', user(anAdmin, { name: 'Chief' })),
  'change who is nobody': patch('/v1/users/:id', () => ({ id: randomUUIDv7(), body: { name: 'Nobody' } })),
  'take a user along': { http: { 'GET /v1/users/:id/export': user(guest) } },
  'take an admin along': { http: { 'GET /v1/users/:id/export': user(anAdmin) } },
  'take who is nobody along': { http: { 'GET /v1/users/:id/export': () => ({ id: randomUUIDv7() }) } },
  'erase a user': {
    spends: true,
    http: { 'DELETE /v1/users/:id': async ({ cast }) => ({ id: await newUser(cast) }) },
  },
  'erase an admin': { http: { 'DELETE /v1/users/:id': async ({ cast }) => ({ id: await newUser(cast, 'admin') }) } },
  'erase who is nobody': { http: { 'DELETE /v1/users/:id': () => ({ id: randomUUIDv7() }) } },
  'reset a second factor': { http: { 'DELETE /v1/users/:id/totp': user(guest) } },
  "reset an admin's": { http: { 'DELETE /v1/users/:id/totp': user(anAdmin) } },
  'ask after what is done': read('/v1/jobs/:id', () => ({ id: randomUUIDv7() })),
  'block a user': post('/v1/users/:id/block', user(guest)),
  'block an agent': post('/v1/users/:id/block', user(anAgent)),
  'block an admin': post('/v1/users/:id/block', user(anAdmin)),
  'unblock a user': post('/v1/users/:id/unblock', user(guest)),
  'unblock an agent': post('/v1/users/:id/unblock', user(anAgent)),
  'unblock an admin': post('/v1/users/:id/unblock', user(anAdmin)),
  'list API keys': read('/v1/api-keys'),
  'make an API key': post('/v1/api-keys', () => ({ body: { name: 'k', scopes: ['*'] } })),
  'see an API key': {
    http: {
      'GET /v1/api-keys/:id': async (asking) => ({ id: await newKey(asking) }),
      'HEAD /v1/api-keys/:id': async (asking) => ({ id: await newKey(asking) }),
    },
  },
  'widen an API key': {
    http: { 'PATCH /v1/api-keys/:id': async (asking) => ({ id: await newKey(asking), body: { scopes: ['*'] } }) },
  },
  'take an API key away': { http: { 'DELETE /v1/api-keys/:id': async (asking) => ({ id: await newKey(asking) }) } },
  'see the settings': read('/v1/settings'),
  'change the settings': patch('/v1/settings', () => ({ body: { away: 'Back soon' } })),
  'read the audit': read('/v1/audit'),
  'see how the server is': read('/v1/server'),
  'see the tags in use': read('/v1/tags'),
  'see who answers what': read('/v1/assignees'),
  'list canned replies': read('/v1/canned-replies'),
  'make a canned reply': post('/v1/canned-replies', () => ({ body: { shortcut: randomUUIDv7(), text: 'Hi' } })),
  'see a canned reply': {
    http: {
      'GET /v1/canned-replies/:id': async (asking) => ({ id: await newCannedReply(asking) }),
      'HEAD /v1/canned-replies/:id': async (asking) => ({ id: await newCannedReply(asking) }),
    },
  },
  'change a canned reply': {
    http: {
      'PATCH /v1/canned-replies/:id': async (asking) => ({
        id: await newCannedReply(asking),
        body: { text: 'Hello' },
      }),
    },
  },
  'take a canned reply away': {
    http: { 'DELETE /v1/canned-replies/:id': async (asking) => ({ id: await newCannedReply(asking) }) },
  },
  'list bots': read('/v1/bots'),
  'make a bot': post('/v1/bots', () => ({ body: BOT })),
  'see a bot': {
    http: {
      'GET /v1/bots/:id': async (asking) => ({ id: await newBot(asking) }),
      'HEAD /v1/bots/:id': async (asking) => ({ id: await newBot(asking) }),
    },
  },
  'change a bot': {
    http: { 'PATCH /v1/bots/:id': async (asking) => ({ id: await newBot(asking), body: { name: 'B' } }) },
  },
  'take a bot away': { http: { 'DELETE /v1/bots/:id': async (asking) => ({ id: await newBot(asking) }) } },
  'list webhooks': read('/v1/webhooks'),
  'make a webhook': post('/v1/webhooks', () => ({ body: { url: 'https://example.com/', enabled: false } })),
  'see a webhook': {
    http: {
      'GET /v1/webhooks/:id': async (asking) => ({ id: await newWebhook(asking) }),
      'HEAD /v1/webhooks/:id': async (asking) => ({ id: await newWebhook(asking) }),
    },
  },
  'see what became of its events': {
    http: {
      'GET /v1/webhooks/:id/deliveries': async (asking) => ({ id: await newWebhook(asking) }),
      'HEAD /v1/webhooks/:id/deliveries': async (asking) => ({ id: await newWebhook(asking) }),
    },
  },
  'point a webhook elsewhere': {
    http: {
      'PATCH /v1/webhooks/:id': async (asking) => ({
        id: await newWebhook(asking),
        body: { url: 'https://evil.example/' },
      }),
    },
  },
  "get a webhook's new secret": {
    http: { 'POST /v1/webhooks/:id/rotate': async (asking) => ({ id: await newWebhook(asking) }) },
  },
  'try a webhook': {
    http: {
      'POST /v1/webhooks/:id/test': async (asking) => ({ id: await newWebhook(asking) }),
      'POST /v1/webhooks/:id/deliveries/:deliveryId/redeliver': async (asking) => newDelivery(asking),
    },
  },
  'take a webhook away': {
    http: { 'DELETE /v1/webhooks/:id': async (asking) => ({ id: await newWebhook(asking) }) },
  },
  'list conversations': read('/v1/conversations'),
  'list who waits': read('/v1/conversations', () => ({ query: '?order=waiting' })),
  'ask for support': begin(() => ({ kind: 'support' })),
  'ask for support by one agent': begin(({ people }) => ({ kind: 'support', assigneeId: people.agent.user.id })),
  'ask for support for another': begin(({ people }) => ({ kind: 'support', customerId: people.guest.user.id })),
  'begin a direct conversation': begin(({ people }) => ({ kind: 'direct', userId: people.guest.user.id })),
  'begin a room': begin(() => ({ kind: 'room' })),
  "begin a room of the host's": begin(() => ({ kind: 'room', externalId: randomUUIDv7() })),
  'write to support': writeTo(() => 'support'),
  'write to a queue': writeTo(() => ({ queue: 'peer' })),
  'write to a user': writeTo(({ people }) => ({ userId: people.guest.user.id })),
  "write to the host's user": writeTo(() => ({ userExternalId: 'guest' })),
  'write to a customer': writeTo(({ people }) => ({ customerId: people.guest.user.id })),
  'notify a customer': writeTo(({ people }) => ({ customerId: people.guest.user.id }), { kind: 'system' }),
  'show a picture': { http: { 'PUT /v1/me/avatar': () => ({ body: formWith(PNG, 'me.png') }) } },
  'show no picture': { http: { 'DELETE /v1/me/avatar': nothing } },
  'upload a file': post('/v1/attachments', () => ({ body: formWith('hello') })),
  'catch up with everything': read('/v1/changes'),
  search: read('/v1/search', () => ({ query: '?q=Hi' })),
  'count what the team did': read('/v1/reports'),
  'count what is unread': read('/v1/unread'),
  'look who is there': {
    ...read('/v1/presence', ({ cast }) => ({ query: `?users=${cast.people.guest.user.id},team` })),
    line: { 'presence.watch': ({ cast }) => ({ userIds: [cast.people.guest.user.id, 'team'] }) },
  },
  'be away': {
    http: { 'PUT /v1/presence': () => ({ body: { state: 'away' } }) },
    line: { 'presence.set': () => ({ state: 'away' }) },
  },
  listen: { http: { 'GET /v1/events': nothing } },
  'listen to the inbox': {
    http: { 'GET /v1/events': () => ({ query: '?inbox=true' }) },
    line: { 'inbox.watch': nothing },
  },
  'ask for their place': { line: { ping: nothing } },
};
