import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { type Actor, type Body, startApp, type TestApp } from '../helper.ts';

async function asks(app: TestApp): Promise<string> {
  const vera = await app.visitor();
  const { body } = await vera.request('POST', 'messages', { to: 'support', message: { content: 'Hello' } });
  return body.conversationId;
}

async function begin(app: TestApp): Promise<{ ann: Actor; id: string }> {
  return { ann: await app.member('agent', 'ann'), id: await asks(app) };
}

const putOff = (ann: Actor, id: string, until: number) =>
  ann.request('PATCH', `conversations/${id}`, { snoozedUntil: new Date(until).toISOString() });

/** The note that tells that its time has come. */
const over = ({ parentId, message }: Body) =>
  parentId !== undefined && message.system?.code === 'snoozed' && message.system.until === null;

function tempFolder(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'parley-snoozes-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

t.test('it comes back by itself when its time has come, the earlier one first', async (t) => {
  const app = await startApp(t);
  const { ann, id } = await begin(app);
  const line = await ann.connect({ inbox: true });
  await putOff(ann, id, Date.now() + 3_600_000);
  const until = Date.now() + 300;
  await putOff(ann, id, until);
  const event = await line.event(over);
  t.ok(Date.now() >= until);
  t.match(event, {
    parentId: id,
    message: { system: { code: 'snoozed', by: null, until: null } },
    conversation: { team: { snoozedUntil: null }, status: 'open' },
  });
  await line.event((one) => one.type === 'inbox.counts' && one.snoozed === 0);
});

t.test('one that was put off anew meanwhile stays so', async (t) => {
  const app = await startApp(t);
  const { ann, id } = await begin(app);
  const other = await asks(app);
  const line = await ann.connect({ inbox: true });
  const until = Date.now() + 300;
  await putOff(ann, id, until);
  await putOff(ann, other, until + 1);
  const later = new Date(until + 3_600_000).toISOString();
  await ann.request('PATCH', `conversations/${id}`, { snoozedUntil: later });
  t.equal((await line.event(over)).parentId, other);
  t.equal((await ann.request('GET', `conversations/${id}`)).body.team.snoozedUntil, later);
});

t.test('what came due while the server was down ends at its start, and what did not waits on', async (t) => {
  const folder = tempFolder(t);
  let now = Date.parse('2026-11-28T12:00:00Z');
  const hour = 3_600_000;
  const first = await startApp(t, {}, { folder, now: () => now });
  const { ann, id } = await begin(first);
  const other = await asks(first);
  await putOff(ann, id, now + hour);
  await putOff(ann, other, now + 3 * hour);
  await first.stop();
  now += 2 * hour;
  const second = await startApp(t, {}, { folder, now: () => now });
  const admin = await second.admin();
  const untilOf = async (one: string) => (await admin.request('GET', `conversations/${one}`)).body.team.snoozedUntil;
  t.equal(await untilOf(id), null);
  t.equal(await untilOf(other), new Date(now + hour).toISOString());
  const list = await admin.request('GET', 'conversations?status=snoozed');
  t.same(
    list.body.items.map((one: Body) => one.id),
    [other],
  );
});
