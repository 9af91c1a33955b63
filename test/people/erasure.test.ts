/** Somebody is erased: of them nothing is left, of others everything. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { countBeside, jobsDone, ofTheFile, standsBeside } from '../database.ts';
import { type Actor, type Body, callers, startApp } from '../helper.ts';
import { formWith } from '../http/form.ts';
import { startServer } from '../life/server-process.ts';
import { identityFor, SECRET } from './host.ts';

const write = async (who: Pick<Actor, 'request'>, id: string, content: string) =>
  (await who.request('POST', `conversations/${id}/messages`, { content })).body;
const begin = async (who: Pick<Actor, 'request'>, content: string, to: unknown = 'support') =>
  (await who.request('POST', 'messages', { to, message: { content } })).body.conversationId as string;

t.test('name, e-mail, fields, address and text are in no byte of the file; what others wrote stays', async (t) => {
  const app = await startApp(t, { jwtSecret: SECRET, direct: 'everybody', trustProxy: ['127.0.0.1'] });
  const [admin, ann, key] = [await app.admin(), await app.member('agent', 'ann'), await app.key('*')];
  const from = { 'user-agent': 'MARK-agent/1.0', 'x-forwarded-for': '198.51.100.77' };
  const visitor = await app.visitor({
    name: 'MARK-name',
    email: 'mark-mail@example.com',
    fields: { plan: 'MARK-field' },
  });
  const support = (
    await visitor.request('POST', 'messages', { to: 'support', message: { content: 'MARK-first' } }, from)
  ).body.conversationId as string;
  await write(ann, support, 'what the team wrote');
  const { team } = (await ann.request('GET', `conversations/${support}`)).body;
  await write(ann, team.id, 'MARK-note');
  const identity = identityFor('mark-external-id');
  const named = (await visitor.request('POST', 'visitors', { identity }, from)).body;
  const mark = app.actor(named.token, named.user);
  const edited = await write(mark, support, 'MARK-before');
  await mark.request('PATCH', `conversations/${support}/messages/${edited.id}`, { content: 'MARK-edited' });
  for (let index = 0; index < 250; index += 1) await write(mark, support, `MARK-many ${index}`);
  const ulf = await app.hostUser('ulf', { name: 'Ulf' });
  const direct = await begin(mark, 'MARK-direct', { userId: ulf.user.id });
  await write(ulf, direct, 'what Ulf wrote');
  const participants = [{ userId: named.user.id, title: 'MARK-title' }, { userId: ulf.user.id }];
  const room = (await key.request('POST', 'conversations', { kind: 'room', participants })).body.id;
  await write(mark, room, 'MARK-room');
  await write(ulf, room, 'what Ulf wrote there');
  const [line, tab, inbox] = [await ulf.connect(), await mark.connect(), await ann.connect({ inbox: true })];
  t.not((await standsBeside(app.folder, ['MARK-first'])).length, 0, 'it is there to be found');

  const answer = await admin.request('DELETE', `users/${named.user.id}`);
  t.match(answer, { status: 202, body: { kind: 'erasure' } });
  t.match(await tab.event('bye'), { code: 4201 });
  t.equal((await tab.closed).code, 4201);
  t.equal((await mark.request('GET', 'me')).status, 401);
  t.equal((await admin.request('GET', `users/${named.user.id}`)).status, 404);
  t.equal((await admin.request('DELETE', `users/${named.user.id}`)).status, 404);
  await jobsDone(app.folder);
  t.equal((await admin.request('GET', `jobs/${answer.body.id}`)).status, 404, 'it is done');

  const nobody = { id: named.user.id, name: null };
  for (const id of [direct, room]) {
    t.match(await line.event((event: Body) => event.conversationId === id && event.reset === true), {
      conversation: { id },
    });
  }
  t.match(await inbox.event((event: Body) => event.conversationId === support && event.reset === true), {
    conversation: { status: 'closed', team: { ip: null, userAgent: null, context: {} } },
  });
  t.match((await ulf.request('GET', `conversations/${direct}`)).body, {
    status: 'closed',
    last: { text: 'what Ulf wrote' },
  });
  t.match((await ulf.request('GET', `conversations/${direct}/messages`)).body.items, [
    { author: nobody, content: null },
    { author: { name: 'Ulf' }, content: 'what Ulf wrote' },
  ]);
  t.match(await ulf.request('POST', `conversations/${direct}/messages`, { content: 'x' }), { status: 409 });
  t.match((await ulf.request('GET', `conversations/${room}`)).body, { participantCount: 1, status: 'open' });
  const { items } = (await ann.request('GET', `conversations/${support}/messages?limit=200&after=0`)).body;
  t.match(items.slice(0, 3), [
    { content: null, author: nobody },
    { content: 'what the team wrote' },
    { content: null },
  ]);
  t.ok(items.every(({ author, content }: Body) => (author.id === named.user.id) === (content === null)));
  t.match((await admin.request('GET', 'audit?limit=1')).body.items, [
    { action: 'user.erase', by: { id: admin.user.id }, target: { type: 'user', id: named.user.id } },
  ]);
  const again = await app.request('POST', 'visitors', { identity });
  t.equal(again.status, 201, 'the host may name somebody so again: a new user');
  t.not(again.body.user.id, named.user.id);
  await app.stop();
  t.same(
    await standsBeside(app.folder, ['MARK-', 'mark-mail', 'mark-external', '198.51.100.77']),
    [`mark-external in ${ofTheFile ? 'identities' : 'parley.db'}`],
    'but for the new user of that id',
  );
});

t.test('files go from the disk, comments of ratings and words from where they stand', async (t) => {
  const app = await startApp(t, { direct: 'everybody' });
  const [admin, ann] = [await app.admin(), await app.member('agent', 'ann')];
  const [mark, ulf] = [await app.hostUser('mark', { name: 'MARK-name' }), await app.hostUser('ulf')];
  const upload = async (who: Actor, text: string): Promise<string> => {
    const headers = { authorization: `Bearer ${who.token}` };
    const body = formWith(text, `${text}.txt`);
    return ((await (await fetch(`${app.url}/v1/attachments`, { method: 'POST', headers, body })).json()) as Body).id;
  };
  const attached = async (who: Actor, to: unknown, text: string) => {
    const message = { content: `${text} said`, attachments: [await upload(who, text)] };
    return (await who.request('POST', 'messages', { to, message })).body as Body;
  };
  const { conversationId: support } = await attached(mark, 'support', 'MARK-sent');
  const direct = await attached(mark, { userId: ulf.user.id }, 'MARK-told');
  // The same bytes as Ulf's own: they stay for him.
  await attached(mark, { userId: ulf.user.id }, 'shared');
  const shared = await attached(ulf, { userId: mark.user.id }, 'shared');
  await upload(mark, 'MARK-kept-back');
  await write(ann, support, 'We have it');
  await ann.request('PATCH', `conversations/${support}`, { status: 'closed' });
  t.equal(
    (await mark.request('POST', `conversations/${support}/rating`, { score: 2, comment: 'MARK-bad' })).status,
    200,
  );
  t.match((await ann.request('GET', 'search?q="MARK-sent"')).body.items, [{ message: { content: 'MARK-sent said' } }]);
  const marks = ['MARK-sent', 'MARK-told', 'MARK-kept-back', 'MARK-bad'];
  for (const text of marks) t.not((await standsBeside(app.folder, [text])).length, 0, `${text} is there to be found`);

  t.equal((await admin.request('DELETE', `users/${mark.user.id}`)).status, 202);
  await jobsDone(app.folder);
  const { team, rating } = (await ann.request('GET', `conversations/${support}`)).body;
  t.equal(rating, 2, 'that they were not content is nobody’s name');
  const { items } = (await ann.request('GET', `conversations/${team.id}/messages`)).body;
  t.match(
    items.find(({ system }: Body) => system?.code === 'rated'),
    { content: '' },
  );
  for (const word of ['MARK', 'MARK-bad']) {
    t.same((await ann.request('GET', `search?q="${word}"`)).body.items, [], word);
    t.same((await ulf.request('GET', `search?q="${word}"`)).body.items, [], word);
  }
  t.match(
    (await ulf.request('GET', `conversations/${direct.conversationId}/messages`)).body.items,
    [{ content: null, attachments: [] }, { content: null, attachments: [] }, { content: 'shared said' }],
    'the other reads on',
  );
  const headers = { authorization: `Bearer ${ulf.token}` };
  const fetched = await fetch(`${app.url}/v1/attachments/${shared.attachments[0].id}`, { headers });
  t.equal(await fetched.text(), 'shared');
  t.match((await admin.request('GET', 'audit?action=user.erase')).body.items, [
    { by: { id: admin.user.id }, target: { type: 'user', id: mark.user.id } },
  ]);
  await app.stop();
  t.same(await standsBeside(app.folder, ['MARK-']), []);
});

t.test('the last admin stays, and only admins and keys erase', async (t) => {
  const app = await startApp(t);
  const [admin, ann] = [await app.admin(), await app.member('agent', 'ann')];
  t.match(await admin.request('DELETE', `users/${admin.user.id}`), { status: 403, body: { message: /last admin/ } });
  const visitor = await app.visitor();
  t.equal((await ann.request('DELETE', `users/${visitor.user.id}`)).status, 403);
  t.equal((await visitor.request('DELETE', `users/${visitor.user.id}`)).status, 404);
  t.equal((await (await app.key('users')).request('DELETE', `users/${visitor.user.id}`)).status, 202);
});

t.test('one of the team: their words and notes go, whom they were in charge of waits again', async (t) => {
  const app = await startApp(t);
  const [admin, ann] = [await app.admin(), await app.member('agent', 'ann')];
  const visitor = await app.visitor();
  const ids = [await begin(visitor, 'one'), await begin(visitor, 'two', { queue: 'peer' })];
  for (const id of ids) await write(ann, id, 'ANN-wrote');
  const { team } = (await ann.request('GET', `conversations/${ids[0]}`)).body;
  await write(ann, team.id, 'ANN-note');
  await admin.request('DELETE', `users/${ann.user.id}`);
  await jobsDone(app.folder);
  for (const id of ids) {
    t.match((await admin.request('GET', `conversations/${id}`)).body, { status: 'open', assignee: null });
    t.match((await visitor.request('GET', `conversations/${id}/messages`)).body.items, [
      { content: /one|two/ },
      { content: null, author: { id: ann.user.id, name: null, role: 'agent' } },
    ]);
  }
  await app.stop();
  t.same(await standsBeside(app.folder, ['ANN-', 'ann@example.com']), []);
});

t.test('one who was of the team: the same, though they are no more', async (t) => {
  const app = await startApp(t);
  const [admin, ann, zoe] = [await app.admin(), await app.member('agent', 'ann'), await app.member('agent', 'zoe')];
  const visitor = await app.visitor();
  const ids = [await begin(visitor, 'one'), await begin(visitor, 'two', { queue: 'peer' })];
  const [answered, assigned] = ids as [string, string];
  await write(ann, answered, 'ANN-wrote');
  const { team } = (await ann.request('GET', `conversations/${answered}`)).body;
  await write(ann, team.id, 'ANN-note');
  t.equal((await admin.request('PATCH', `conversations/${assigned}`, { assigneeId: zoe.user.id })).status, 200);
  for (const { user } of [ann, zoe]) {
    t.equal((await admin.request('PATCH', `users/${user.id}`, { role: 'user' })).status, 200);
    t.equal((await admin.request('DELETE', `users/${user.id}`)).status, 202);
  }
  await jobsDone(app.folder);
  for (const id of ids) t.match((await admin.request('GET', `conversations/${id}`)).body, { assignee: null });
  t.match((await visitor.request('GET', `conversations/${answered}/messages`)).body.items, [
    { content: 'one' },
    { content: null, author: { id: ann.user.id, name: null } },
  ]);
  await app.stop();
  t.same(await standsBeside(app.folder, ['ANN-', 'ann@example.com', 'zoe@example.com']), []);
});

t.test('killed in the middle, it goes on at the next start', { timeout: 110_000 }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'parley-erasure-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const first = await startServer(t, folder);
  const people = callers(t, first.url);
  const admin = await people.admin();
  const visitor = await people.visitor({ name: 'MARK-name' });
  const id = await begin(visitor, 'MARK-first');
  const line = await visitor.connect();
  for (let round = 0; round < 10; round += 1) {
    await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        line.call({ type: 'message.send', conversationId: id, message: { content: `MARK-${round}-${index}` } }),
      ),
    );
  }
  t.equal((await admin.request('DELETE', `users/${visitor.user.id}`)).status, 202);
  await first.end('SIGKILL');
  t.equal(await countBeside(folder, 'jobs'), 1, 'it was not done');
  t.not(await countBeside(folder, 'messages', "content like 'MARK-%'"), 0);
  const second = await startServer(t, folder);
  await jobsDone(folder);
  t.equal(await countBeside(folder, 'messages', "content like 'MARK-%'"), 0);
  t.equal(await countBeside(folder, 'messages', 'deleted_at is not null'), 2001);
  await second.end('SIGTERM');
  t.same(await standsBeside(folder, ['MARK-']), []);
});
