/** `parley export`, and `parley import` of it into an empty folder: the same state. */
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { type Actor, type Body, startApp, type TestApp } from '../../helper.ts';
import { runParley } from '../parley.ts';
import { history } from './bring-in.ts';

t.setTimeout(300_000);

function newFolder(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'parley-export-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function must(who: Pick<Actor, 'request'>, method: string, path: string, body?: unknown): Promise<Body> {
  const answered = await who.request(method, path, body);
  if (answered.status >= 300) throw new Error(`${path}: ${answered.status} ${JSON.stringify(answered.body)}`);
  return answered.body;
}

/** A bit of everything that people make. */
async function live(app: TestApp): Promise<void> {
  const [admin, agent] = [await app.admin(), await app.member('agent', 'ann')];
  const visitor = await app.visitor({ context: { page: 'https://shop.example/' } });
  const form = new FormData();
  form.append('file', new Blob(['a plain text'], { type: 'text/plain' }), 'notes.txt');
  const headers = { authorization: `Bearer ${visitor.token}` };
  const uploaded = await fetch(`${app.url}/v1/attachments`, { method: 'POST', headers, body: form });
  const file = (await uploaded.json()) as Body;
  const asked = await must(visitor, 'POST', 'messages', {
    to: 'support',
    message: { content: 'See the zeppelin', attachments: [file.id] },
  });
  const thread = `conversations/${asked.conversationId}`;
  await must(agent, 'POST', `${thread}/messages`, { content: 'I see it' });
  const slip = await must(agent, 'POST', `${thread}/messages`, { content: 'a slip' });
  await must(agent, 'DELETE', `${thread}/messages/${slip.id}`);
  await must(agent, 'POST', `${thread}/notes`, { content: 'a note for the team' });
  await must(agent, 'PATCH', thread, { tags: ['lamps'], subject: 'Zeppelins' });
  await must(agent, 'PATCH', thread, { status: 'closed' });
  await must(visitor, 'POST', `${thread}/rating`, { score: 5, comment: 'Good' });
  await must(visitor, 'POST', 'messages', { to: 'support', message: { content: 'One more' } });
  const [una, ulf] = [await app.hostUser('una', { name: 'Una' }), await app.hostUser('ulf', { name: 'Ulf' })];
  const first = await must(una, 'POST', 'messages', { to: { userId: ulf.user.id }, message: { content: 'Hi' } });
  await must(una, 'POST', 'messages', { to: { userId: ulf.user.id }, message: { content: 'Are you there?' } });
  await must(ulf, 'POST', `conversations/${first.conversationId}/read`, { seq: 1 });
  await must(una, 'PATCH', `conversations/${first.conversationId}/messages/${first.id}`, { content: 'Hello' });
  const host = await app.key('conversations', 'conversations:all', 'messages');
  const room = await must(host, 'POST', 'conversations', {
    kind: 'room',
    externalId: 'call-1',
    participants: [{ externalId: 'una', title: 'doctor', moderator: true }],
  });
  await must(host, 'POST', `conversations/${room.id}/participants`, { externalId: 'ulf', title: 'patient' });
  await must(ulf, 'POST', `conversations/${room.id}/messages`, { content: 'In the room' });
  await must(host, 'DELETE', `conversations/${room.id}/participants/${ulf.user.id}`);
  await must(admin, 'POST', 'canned-replies', { shortcut: 'hi', text: 'Hello there' });
  await must(admin, 'PATCH', 'settings', { away: 'We sleep' }).catch(() => {});
  const guest = await app.visitor();
  await must(guest, 'POST', 'messages', { to: 'support', message: { content: 'I am Una' } });
  await app.request('POST', 'visitors', {}, guest.token);
}

/** The lines without what differs from export to export. */
function linesOf(folder: string): string[] {
  const [, ...lines] = readFileSync(join(folder, 'parley.jsonl'), 'utf8').trim().split('\n');
  return lines;
}

t.test('what is exported and brought in elsewhere is the same, to the last record', async (t) => {
  const [folder, work] = [newFolder(t), newFolder(t)];
  const here = await startApp(t, { direct: 'everybody' }, { folder });
  await live(here);
  const [one, two, other] = [join(work, 'one'), join(work, 'two'), join(work, 'data')];
  const exported = await runParley(['export', one, '--data', folder, '--json']);
  t.equal(exported.code, 0, exported.err);
  const told = JSON.parse(exported.out);
  t.match(told, { conversations: 5, files: 1, missing: [] }, 'while the server works');
  t.match(await runParley(['export', one, '--data', folder]), { code: 4, err: /cannot be made/ }, 'into a new folder');
  await here.stop();
  const text = readFileSync(join(one, 'parley.jsonl'), 'utf8');
  t.notMatch(text, /"password"|pv_|pk_|scrypt|argon/, 'no credential is in it');

  const file = join(one, 'parley.jsonl');
  const args = ['import', file, '--from', 'parley', '--data', other, '--json'];
  const first = await runParley(args);
  t.equal(first.code, 0, first.out + first.err);
  t.match(JSON.parse(first.out), { conversations: 5, messages: told.messages, skipped: 0 });
  t.match(JSON.parse((await runParley(args)).out), { users: 0, conversations: 0, messages: 0, already: told.messages });
  t.equal((await runParley(['export', two, '--data', other])).code, 0);
  t.same(linesOf(two), linesOf(one));
  const files = (at: string) => readdirSync(at, { recursive: true }).toSorted();
  t.same(files(join(two, 'files')), files(join(one, 'files')));

  const link = await runParley(['user', 'password', 'admin@example.com', '--data', other]);
  const [, secret] = /#link=(\S+)/.exec(link.out) ?? [];
  const there = await startApp(t, { direct: 'everybody' }, { folder: other });
  const used = await there.request('POST', 'auth/link', { link: secret, password: 'correct horse battery' });
  t.equal(used.status, 200);
  const admin = await there.admin();
  const inbox = (await admin.request('GET', 'conversations?kind=support')).body.items;
  t.equal(inbox.length, 3);
  const [, , zeppelins] = inbox;
  t.match(zeppelins, { subject: 'Zeppelins', rating: 5, status: 'closed', team: { tags: ['lamps'] } });
  const thread = await history(t, admin, zeppelins.id);
  const bytes = await fetch(`${there.url}/v1/attachments/${thread[0]?.attachments[0].id}`, {
    headers: { authorization: `Bearer ${admin.token}` },
  });
  t.equal(await bytes.text(), 'a plain text');
  await history(t, admin, zeppelins.team.id);
  t.equal((await admin.request('GET', 'search?q=zeppelin')).body.items.length, 1);
  const ulf = await there.hostUser('ulf');
  t.match((await ulf.request('GET', 'unread')).body, { total: 1 });
  const check = await runParley(['check', '--data', other, '--json']);
  t.same(JSON.parse(check.out).findings, []);
});

t.test('a conversation that is not in whole in the file is left out in whole', async (t) => {
  const [folder, work] = [newFolder(t), newFolder(t)];
  const here = await startApp(t, { direct: 'everybody' }, { folder });
  await live(here);
  await here.stop();
  const out = await runParley(['export', '--data', folder]);
  t.equal(out.code, 0);
  const lines = out.out.trim().split('\n');
  const broken = lines.findIndex((line) => line.includes('"content":"Are you there?"'));
  const begun = lines.findLastIndex((line, at) => at < broken && line.startsWith('{"type":"conversation"'));
  const file = join(work, 'parley.jsonl');
  const data = join(work, 'data');
  writeFileSync(file, `${lines.with(broken, (lines[broken] as string).slice(0, -9)).join('\n')}\n`);
  const run = async () => {
    const { code, out } = await runParley(['import', file, '--from', 'parley', '--data', data, '--json']);
    return { code, ...JSON.parse(out) };
  };
  const told = await run();
  t.match(told, { code: 7, conversations: 3 });
  const places = told.reasons.map(({ reason, places }: Body) => [reason, places[0]]);
  t.ok(
    places.some(
      ([reason, place]: string[]) => /not in whole/.test(String(reason)) && place === `parley.jsonl:${begun + 1}`,
    ),
  );
  t.ok(places.some(([, place]: string[]) => place === `parley.jsonl:${broken + 1}`));
  t.ok(
    places.some(([reason]: string[]) => /bytes of a file/.test(String(reason))),
    'nor with a file that is not there',
  );

  writeFileSync(file, '');
  appendFileSync(file, lines.slice(0, broken).join('\n'));
  t.match(await run(), { code: 7, conversations: 0 }, 'cut: told, and nothing half');
  writeFileSync(file, '{"type":"message"}\n');
  t.match(await runParley(['import', file, '--from', 'parley', '--data', data]), {
    code: 4,
    err: /was not written by/,
  });
});
