/** Requests that are nearly right, at both doors: each is answered once in known words, and the server stays well. */
import { randomUUIDv7 } from 'node:crypto';
import t, { type Test } from 'tap';
import { CODES } from '../../src/protocol/errors.ts';
import { type Actor, type Body, startApp, type TestApp } from '../helper.ts';
import { openLine, type TestLine } from '../line.ts';
import fc from '../property.ts';
import { seed } from '../seed.ts';

const FRAMES = 9_000;
const REQUESTS = 4_000;
/** Frames between two looks; fewer than the bad ones that a line may send in a minute. */
const AT_ONCE = 15;

// -- what is sent: something right, with a few things done to it ----------------------------------------------------

const nasty = fc.constantFrom<unknown>(
  ...[
    null,
    true,
    0,
    -0,
    -1,
    1.5,
    1e308,
    2 ** 53,
    -(2 ** 63),
    '',
    ' ',
    '\u0000',
    '\ud800',
    '\u202e',
    '\r\n',
    '%',
    "'; --",
  ],
  ...['x'.repeat(20_000), '\u0301'.repeat(3_000), '𝒳'.repeat(2_000), '1', 'null', '__proto__', 'constructor', '../..'],
  ...[[], {}, [[]], [null], { toString: 1 }, { valueOf: 1 }, { length: -1 }, { '': '' }, Array(300).fill(0)],
  JSON.parse(`${'['.repeat(31)}${']'.repeat(31)}`),
  JSON.parse(`${'['.repeat(200)}${']'.repeat(200)}`),
  JSON.parse('{"__proto__": {"admin": true}}'),
);

/** Where to, and what to do there. */
interface Damage {
  at: number;
  how: 'replace' | 'remove' | 'add' | 'rename' | 'double';
  value: unknown;
}

const damage: fc.Arbitrary<Damage> = fc.record({
  at: fc.nat(20),
  how: fc.constantFrom('replace', 'replace', 'replace', 'remove', 'add', 'rename', 'double'),
  value: fc.oneof(nasty, fc.anything({ maxDepth: 2 }).map(asJson), fc.string({ unit: 'binary' })),
});

/** What is done to the text itself, at last. */
const scar = fc.record({
  how: fc.oneof(
    { weight: 40, arbitrary: fc.constant('none') },
    { weight: 15, arbitrary: fc.constantFrom('cut', 'insert', 'comma') },
    { weight: 1, arbitrary: fc.constant('bytes') },
  ),
  at: fc.nat(1000),
  text: fc.string({ unit: 'binary', maxLength: 8 }),
});

function asJson(value: unknown): unknown {
  try {
    return JSON.parse(JSON.stringify(value) ?? 'null');
  } catch {
    return null;
  }
}

/** Every object within, itself first. */
function objectsIn(value: unknown): Record<string, unknown>[] {
  if (typeof value !== 'object' || value === null) return [];
  const inside = Object.values(value).flatMap(objectsIn);
  return Array.isArray(value) ? inside : [value as Record<string, unknown>, ...inside];
}

function damaged(right: object, damages: readonly Damage[]): unknown {
  const whole = structuredClone(right);
  for (const { at, how, value: given } of damages) {
    // A copy: what stands in two places would be damaged in both, and in itself.
    const value = structuredClone(given);
    const objects = objectsIn(whole);
    const object = objects[at % Math.max(1, objects.length)];
    const keys = Object.keys(object ?? {});
    const key = keys[at % Math.max(1, keys.length)];
    if (object === undefined || key === undefined) return value;
    if (how === 'replace') object[key] = value;
    else if (how === 'add') object[`extra${at}`] = value;
    else if (how === 'double') object[key] = [object[key], value];
    else {
      if (how === 'rename') object[key.toUpperCase()] = object[key];
      delete object[key];
    }
  }
  return whole;
}

function scarred(text: string, { how, at, text: other }: { how: string; at: number; text: string }): string | Buffer {
  const place = at % (text.length + 1);
  if (how === 'cut') return text.slice(0, place);
  if (how === 'insert') return text.slice(0, place) + other + text.slice(place);
  if (how === 'comma') return text.replaceAll(',', ',,');
  if (how === 'bytes') return Buffer.concat([Buffer.from(text.slice(0, place)), Buffer.from([0xff, 0xfe, at & 0xff])]);
  return text;
}

// -- who sends, and what would be right -----------------------------------------------------------------------------

interface Known {
  conversationId: string;
  messageId: string;
  userId: string;
}

function rightFrames({ conversationId, messageId, userId }: Known, token: string): object[] {
  const message = () => ({ id: randomUUIDv7(), content: 'fuzz' });
  return [
    { type: 'hello', token },
    { type: 'message.send', conversationId, message: message() },
    { type: 'message.send', to: 'support', message: message() },
    { type: 'message.send', to: { queue: 'peer' }, message: { content: 'fuzz', quickReplies: ['a'], attachments: [] } },
    { type: 'message.send', to: { userId }, message: { content: 'fuzz', attachmentUrl: 'https://example.com' } },
    { type: 'message.send', to: { userExternalId: 'una' }, message: message() },
    { type: 'message.edit', conversationId, messageId, content: 'fuzzed' },
    { type: 'message.delete', conversationId, messageId },
    { type: 'message.stop', conversationId, messageId },
    { type: 'conversation.read', conversationId, seq: 1 },
    { type: 'conversation.delivered', conversationId, seq: 1 },
    { type: 'conversation.view', conversationId, viewing: true },
    { type: 'conversation.sync', conversationId, since: 1, epoch: 'x' },
    { type: 'typing.set', conversationId, on: true, text: 'fu' },
    { type: 'presence.set', state: 'away', context: { page: 'https://example.com', title: 'x' } },
    { type: 'presence.watch', userIds: [userId, 'team'] },
    { type: 'inbox.watch', on: true },
    { type: 'ping' },
  ];
}

/** What a route's body may be like, by the end of its path. */
function rightBodies({ conversationId, userId }: Known): [RegExp, object][] {
  const message = { content: 'fuzz' };
  return [
    [/\/messages$/, message],
    [/^\/v1\/messages$/, { to: 'support', message }],
    [/^\/v1\/messages$/, { to: { userId }, message }],
    [/\{messageId\}$/, message],
    [/\/(read|delivered)$/, { seq: 1 }],
    [/\/typing$/, { on: true }],
    [/\/conversations$/, { kind: 'support', queue: 'peer', subject: 'fuzz' }],
    [/\/conversations$/, { kind: 'direct', userId }],
    [/\/conversations$/, { kind: 'room', externalId: 'fuzz', participants: [{ externalId: 'x', title: 'x' }] }],
    [/\/conversations\/\{id\}$/, { status: 'closed', ifSeq: 1 }],
    [/\/conversations\/\{id\}$/, { subject: 'fuzz', assigneeId: null }],
    [/\/participants$/, { userId, title: 'x', moderator: true }],
    [/\/(visitors|me|users|\{id\})$/, { name: 'fuzz', fields: { a: 'b' } }],
    [/\/visitors$/, { context: { page: 'https://example.com', language: 'en' }, email: 'fuzz@example.com' }],
    [/\/tokens$/, { externalId: 'una', expiresIn: 60 }],
    [/\/users$/, { email: 'fuzz@example.com', role: 'agent' }],
    [/\/login$/, { email: 'fuzz@example.com', password: 'fuzz fuzz' }],
    [/\/refresh$/, { refreshToken: conversationId }],
    [/\/link$/, { link: conversationId }],
    [/\/api-keys/, { name: 'fuzz', scopes: ['messages'] }],
    [/\/presence$/, { state: 'away', context: { title: 'x' } }],
    [/./, {}],
  ];
}

/** Fails the test on what would have ended the process. */
function watch(t: Test): unknown[] {
  const failures: unknown[] = [];
  const note = (error: unknown) => failures.push(error);
  process.on('unhandledRejection', note);
  process.on('uncaughtExceptionMonitor', note);
  t.teardown(() => {
    process.off('unhandledRejection', note);
    process.off('uncaughtExceptionMonitor', note);
  });
  return failures;
}

async function people(app: TestApp): Promise<{ actors: Actor[]; known: Known }> {
  const visitor = await app.visitor();
  const { body } = await visitor.request('POST', 'messages', { to: 'support', message: { content: 'first' } });
  const [agent, una] = [await app.member('agent', 'ann'), await app.hostUser('una')];
  return {
    actors: [visitor, agent, una],
    known: { conversationId: body.conversationId, messageId: body.id, userId: visitor.user.id },
  };
}

async function check(property: fc.IAsyncProperty<unknown>, t: Test, numRuns: number): Promise<void> {
  t.comment(`seed ${seed}`);
  const result = await fc.check(property, { numRuns, interruptAfterTimeLimit: 40_000 });
  t.equal(result.failed, false, `seed ${seed} path ${result.counterexamplePath}: ${result.errorInstance}`);
}

t.test('frames: one answer each, in known words', async (t) => {
  const failures = watch(t);
  const app = await startApp(t, { direct: 'everybody' });
  const { actors, known } = await people(app);
  const rights = rightFrames(known, (actors[0] as Actor).token);
  let line: TestLine | null = null;
  let [sent, closed] = [0, 0];

  const frame = fc.tuple(fc.nat(rights.length - 1), fc.array(damage, { maxLength: 3 }), scar);
  const property = fc.asyncProperty(
    fc.nat(actors.length - 1),
    fc.array(frame, { minLength: AT_ONCE, maxLength: AT_ONCE }),
    fc.boolean(),
    async (who, given, greeted) => {
      const actor = actors[who] as Actor;
      line = greeted ? await actor.connect() : await openLine(t, app.url);
      const before = line.frames.length;
      for (const [index, [which, damages, wound]] of given.entries()) {
        const right = { id: 1000 + index, ...rights[which] };
        const text = scarred(JSON.stringify(damaged(right, damages)) ?? '', wound);
        line.socket.send(text, { binary: Buffer.isBuffer(text) && index % 2 === 0 });
        sent += 1;
      }
      const pong = await Promise.race([line.call({ type: 'ping' }), line.closed]);
      const answers = line.frames.slice(before).filter((one: Body) => one.re !== undefined);
      const strange = answers.filter(
        ({ type, code }: Body) =>
          !['ok', 'welcome', 'error'].includes(type) ||
          (type === 'error' && (!CODES.includes(code) || code === 'INTERNAL')),
      );
      if (strange.length > 0) throw new Error(`strange answers: ${JSON.stringify(strange)}`);
      if (pong.code !== undefined && pong.re === undefined) {
        // Text that is no UTF-8 is ended by the standard's own code; a token of another user's never comes up here.
        if (pong.code !== 1007) throw new Error(`closed with ${pong.code}`);
        closed += 1;
      } else if (answers.length !== AT_ONCE + 1) {
        throw new Error(`${AT_ONCE + 1} requests, ${answers.length} answers`);
      }
      line.socket.terminate();
    },
  );
  await check(property, t, FRAMES / AT_ONCE);
  t.comment(`${sent} frames, ${closed} lines ended for bytes that are no text`);
  t.same(failures, []);
  t.equal((await app.request('GET', '/readyz')).status, 200);
  t.equal(
    (await (actors[0] as Actor).request('POST', 'messages', { to: 'support', message: { content: 'well' } })).status,
    201,
  );
});

t.test('bodies, paths and queries of every route: an answer each, in known words', async (t) => {
  const failures = watch(t);
  const app = await startApp(t, { direct: 'everybody' });
  const { actors, known } = await people(app);
  const { paths } = (await app.request('GET', '/openapi.json')).body;
  const routes = Object.entries<Body>(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path })),
  );
  const admin = await app.admin();
  const key = await app.key('*');
  const tokens = [...actors, admin, key].map(({ token }) => token);
  const bodies = rightBodies(known);
  const bodyFor = (path: string, pick: number): object => {
    const fitting = bodies.filter(([which]) => which.test(path)).map(([, body]) => body);
    const from = pick % 4 === 0 || fitting.length === 0 ? bodies.map(([, body]) => body) : fitting;
    return from[pick % from.length] as object;
  };
  const word = fc.oneof(
    fc.constantFrom(known.conversationId, known.messageId, known.userId, randomUUIDv7(), 'me', '%00', '%ff', '..%2f'),
    fc.string({ minLength: 1, maxLength: 12 }).map((text) => encodeURIComponent(text.toWellFormed())),
  );
  const strangeQuery = fc.dictionary(
    fc.constantFrom('limit', 'cursor', 'before', 'after', 'around', 'since', 'epoch', 'kind', 'status', 'unread', 'q'),
    fc.oneof(
      fc.constantFrom('1', '-1', '1.5', '1e9', '99999999999999999999', 'true', '', 'open', 'support'),
      fc.string(),
    ),
    { maxKeys: 3 },
  );
  const query = fc.oneof(
    { weight: 5, arbitrary: fc.constant<Record<string, string>>({}) },
    { weight: 1, arbitrary: strangeQuery },
  );
  const asked = fc.record({
    route: fc.nat(routes.length - 1),
    word,
    query,
    body: fc.nat(1000),
    damages: fc.oneof(fc.constant([]), fc.array(damage, { maxLength: 3 })),
    wound: fc.oneof(fc.constant({ how: 'none', at: 0, text: '' }), scar),
    who: fc.nat(tokens.length),
    type: fc.nat(20).map((n) => ['text/plain', 'x'][n] ?? 'application/json'),
  });
  const statuses = new Map<number, number>();
  const property = fc.asyncProperty(asked, async ({ route, word, query, body, damages, wound, who, type }) => {
    const { method, path } = routes[route] as { method: string; path: string };
    // A stream of events is not over by itself; the end of a session would only make all that follows a 401.
    if (path === '/v1/events' || path.endsWith('/logout') || path.includes('/me/sessions/')) return;
    const search = new URLSearchParams(
      Object.entries(query).map(([name, value]): [string, string] => [name, value.toWellFormed()]),
    );
    const token = tokens[who];
    const text = scarred(JSON.stringify(damaged(bodyFor(path, body), damages)) ?? '', wound);
    const response = await fetch(
      `${app.url}${path.replaceAll(/\{\w+\}/g, word)}${search.size > 0 ? `?${search}` : ''}`,
      {
        method,
        headers: {
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(method === 'GET' ? {} : { 'content-type': type }),
        },
        ...(method === 'GET' ? {} : { body: text }),
      },
    );
    const answer = await response.text();
    statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
    if (response.status >= 500) throw new Error(`${method} ${path}: ${response.status} ${answer}`);
    if (response.status >= 400 && !CODES.includes(JSON.parse(answer).code)) throw new Error(answer);
  });
  await check(property, t, REQUESTS);
  t.comment(JSON.stringify(Object.fromEntries([...statuses].toSorted(([a], [b]) => a - b))));
  t.ok(
    [200, 201, 400, 401, 403, 404].every((status) => statuses.has(status)),
    'all sorts of answers came',
  );
  t.same(failures, []);
  t.equal((await app.request('GET', '/readyz')).status, 200);
});
