/** What only the server may say is refused wherever a client may say anything: not obeyed, and not dropped either. */
import { randomUUIDv7 } from 'node:crypto';
import t from 'tap';
import type { TSchema } from 'typebox';
import { commands } from '../../src/protocol/commands.ts';
import { entities } from '../../src/protocol/entities.ts';
import type { Node } from '../../src/protocol/explain-value.ts';
import { checkRequest } from '../../src/protocol/request-check.ts';
import { compileCheck } from '../../src/protocol/validate.ts';
import { startApp } from '../helper.ts';
import { askHttp, askLine } from './ask.ts';
import { keptBeside } from './kept.ts';
import { withRoutes } from './routes.ts';
import { placesIn, samplesOf } from './samples.ts';

/** Names under which other servers let a client say who it is and what it did. */
const ELSEWHERE = `authorId sender senderId senderType from fromId owner ownerId userId user customer account accountId
  tenantId isAI isAi isBot isAdmin admin system agent timestamp time date updatedAt sentAt readAt read delivered
  conversation sessionId session token password hash position activity epoch line by key scope scopes permissions
  _id __proto__ constructor prototype`.split(/\s+/);

/** And every name of what the server answers. */
const answered = entities.filter((entity) => (entity as Node).additionalProperties !== false);
const OWNED = new Set([...ELSEWHERE, ...answered.flatMap((entity) => Object.keys((entity as Node).properties ?? {}))]);

/** Parameters of a path that name nothing. */
const nowhere = (url: string) =>
  url.replaceAll(/:\w+/g, (name) => (name === ':hash' ? '0'.repeat(64) : randomUUIDv7()));

const said = (path: string, name: string) => (path === '' ? name : `${path}.${name}`);

/** `{"role":"admin"}` as text, so that even `__proto__` is a property like others. */
function withProperty(value: unknown, place: object, name: string): string {
  const mark = '"a mark that no sample holds"';
  const text = JSON.stringify(value, (_, held) => (held === place ? { ...held, [JSON.parse(mark)]: 1 } : held));
  return text.replace(`${mark}:1`, `${JSON.stringify(name)}:"admin"`);
}

/** Every way to say in a good value what is not the client's to say, by these names. */
function forgeries(schema: TSchema, names: Iterable<string>): { text: string; path: string }[] {
  return samplesOf(schema).flatMap((sample) =>
    placesIn(schema, sample).flatMap(({ path, object, known }) =>
      [...names]
        .filter((name) => !known.has(name))
        .map((name) => ({ text: withProperty(sample, object, name), path: said(path, name) })),
    ),
  );
}

t.test('there is something to forge, and good values to forge it in', async (t) => {
  for (const name of [
    'role',
    'author',
    'senderId',
    'seq',
    'rev',
    'createdAt',
    'ai',
    'isAI',
    'status',
    'conversationId',
  ]) {
    t.ok(OWNED.has(name), name);
  }
  for (const [type, schema] of Object.entries(commands)) {
    const check = compileCheck(schema as TSchema);
    for (const sample of samplesOf(schema)) t.same(check(sample), { ok: true, value: sample }, type);
  }
});

t.test('in no frame', async (t) => {
  for (const [type, schema] of Object.entries(commands)) {
    const all = forgeries(schema, OWNED);
    t.ok(all.length > 50, `${type}: ${all.length} ways`);
    const wrong = all.filter(({ text, path }) => {
      const checked = checkRequest(JSON.parse(text));
      return checked.ok || checked.refusal.code !== 'VALIDATION' || checked.refusal.details?.path !== path;
    });
    t.same(wrong, [], type);
  }
});

t.test('at the doors', async (t) => {
  const { made: app, routes } = await withRoutes(() => startApp(t));
  const [admin, visitor] = [await app.admin(), await app.visitor()];
  const kept = () => keptBeside(app.folder);

  t.test('in no frame of an open line, and nothing comes of it', async (t) => {
    const { body } = await visitor.request('POST', 'conversations', { kind: 'support' });
    const before = await kept();
    const line = await visitor.connect();
    const message = { content: 'Hi' };
    for (const more of [{ role: 'agent' }, { author: admin.user }, { ai: true }, { seq: 7 }, { createdAt: 'now' }]) {
      const [name] = Object.keys(more);
      for (const [path, frame] of [
        [`message.${name}`, { type: 'message.send', conversationId: body.id, message: { ...message, ...more } }],
        [name, { type: 'message.send', conversationId: body.id, message, ...more }],
      ] as const) {
        const { text } = await askLine(line, frame);
        t.match(JSON.parse(text), { type: 'error', code: 'VALIDATION', details: { path } });
      }
    }
    t.equal(await kept(), before);
  });

  t.test('in no body', async (t) => {
    const before = await kept();
    for (const { name, method, url, options } of routes) {
      const schema = options.schema?.body as TSchema | undefined;
      if (schema === undefined) continue;
      const check = compileCheck(schema);
      for (const sample of samplesOf(schema))
        t.same(check(sample), { ok: true, value: sample }, `${name}: a good body`);
      const all = forgeries(schema, OWNED);
      t.ok(all.length > 50, `${name}: ${all.length} ways`);
      const taken = all.filter(({ text, path }) => {
        const checked = check(JSON.parse(text));
        return checked.ok || checked.path !== path;
      });
      t.same(taken, [], `${name}: by its schema`);
      // The door asks that schema and no other: some of them over the wire, in every place.
      const some = forgeries(schema, ['role', 'authorId', 'seq', '__proto__']);
      const token = admin.token;
      const answers = await Promise.all(some.map(({ text }) => askHttp(app.url, token, method, nowhere(url), text)));
      const wrong = answers.flatMap(({ status, text }, index) => {
        const failure = status === 400 ? JSON.parse(text) : { code: status };
        const path = some[index]?.path ?? '';
        // The parser itself takes none of those.
        if (failure.code === 'BAD_JSON' && path.endsWith('__proto__')) return [];
        return failure.code === 'VALIDATION' && failure.details.path === path ? [] : [{ ...some[index], failure }];
      });
      t.same(wrong, [], `${name}: at the door`);
    }
    t.equal(await kept(), before, 'and nothing comes of it');
  });

  t.test('in no body where none is asked for', async (t) => {
    const before = await kept();
    for (const { name, method, url, options } of routes) {
      const takesNone = url.startsWith('/v1/') && options.schema?.body === undefined;
      if (!takesNone || method === 'GET' || method === 'HEAD') continue;
      const { text, status } = await askHttp(app.url, visitor.token, method, nowhere(url), { role: 'admin' });
      t.match([status, JSON.parse(text || '{}')], [400, { code: 'VALIDATION', details: { path: 'role' } }], name);
    }
    t.equal(await kept(), before, 'and nothing comes of it');
  });

  t.test('in no query', async (t) => {
    for (const { name, method, url, options } of routes) {
      // What a provider adds to the way back is its own; nothing but `code` and `state` is looked at.
      if (url === '/v1/auth/openid/callback') continue;
      if (!url.startsWith('/v1/') || method === 'HEAD' || url === '/v1/ws') continue;
      const [body] = options.schema?.body === undefined ? [] : samplesOf(options.schema.body as TSchema);
      const path = `${nowhere(url)}?authorId=${admin.user.id}`;
      const { text, status } = await askHttp(app.url, visitor.token, method, path, body);
      t.match([status, JSON.parse(text)], [400, { code: 'VALIDATION', details: { path: 'authorId' } }], name);
    }
  });

  t.test('what a form says of a visitor is told to the team, and makes them nothing', async (t) => {
    const fields = { role: 'admin', anonymous: 'false', blockedAt: 'never' };
    const made = await app.visitor({ name: 'Vic', fields });
    t.match(made.user, { role: 'user', anonymous: true, fields });
    t.equal((await made.request('PATCH', 'me', { fields: { ...fields, role: 'agent' } })).body.role, 'user');
    t.equal((await made.request('GET', 'users')).status, 403);
    const seen = await admin.request('GET', `users/${made.user.id}`);
    t.match(seen.body, { role: 'user', anonymous: true, blockedAt: null });
  });
});
