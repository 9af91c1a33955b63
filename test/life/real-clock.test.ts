/**
 * The same as clock.test.ts for the clock that the process itself has, not the one handed to the app: the whole
 * server runs under libfaketime, whose file moves its wall clock while the monotonic one goes on.
 */
import { existsSync, globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { callers } from '../helper.ts';
import { startServer } from './server-process.ts';

const LIBRARY = globSync('/usr/lib/*/faketime/libfaketimeMT.so.1')[0];
const skip = (LIBRARY === undefined || !existsSync(LIBRARY)) && 'no libfaketime here to move the clock with';

const HALF_AN_HOUR_MS = 30 * 60_000;

t.test('the clock steps back an hour under the server, and is behind when it starts again', { skip }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'parley-clock-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'clock');
  const faked = {
    LD_PRELOAD: LIBRARY ?? '',
    FAKETIME_TIMESTAMP_FILE: file,
    FAKETIME_NO_CACHE: '1',
    // Node.js aborts when its monotonic clock goes back.
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
  };
  writeFileSync(file, '+0');
  const data = join(folder, 'data');
  const server = await startServer(t, data, faked);
  const { visitor, admin } = callers(t, server.url);
  const [una, chief] = [await visitor(), await admin()];
  const write = async (people: typeof una, content: string, id: string) => {
    const { status, body } = await people.request('POST', `conversations/${id}/messages`, { content });
    t.equal(status, 201);
    return body;
  };
  const first = await una.request('POST', 'messages', { to: 'support', message: { content: '1' } });
  const id = first.body.conversationId;
  const line = await una.connect();
  const { body: before } = await una.request('GET', 'changes');

  writeFileSync(file, '-3600');
  const answer = await write(chief, '2', id);
  t.ok(answer.createdAt >= first.body.createdAt, 'what is told as a time does not contradict the order');
  t.match(await line.event('message.created'), { message: { seq: 2, content: '2' } });
  const { body: since } = await una.request('GET', `changes?cursor=${before.cursor}`);
  const { body: ticket } = await una.request('GET', 'me/ticket');
  // A ticket is good for an hour.
  t.ok(Date.parse(ticket.expiresAt) < Date.now() + HALF_AN_HOUR_MS, 'the process does live an hour ago');
  t.match(since, { reset: false, conversations: [{ id, seq: 2 }] }, 'what came after the step is behind the cursor');
  const { body: unread } = await una.request('GET', 'unread');
  t.equal(unread.total, 1);

  t.same(await server.end('SIGKILL'), [null, 'SIGKILL']);
  writeFileSync(file, '-7200');
  const again = await startServer(t, data, faked);
  const { actor } = callers(t, again.url);
  const unaAgain = actor(una.token, una.user);
  const { body: later } = await unaAgain.request('GET', `changes?cursor=${since.cursor}`);
  t.equal(later.epoch, since.epoch, 'an earlier clock is no other life of the file');
  t.same(later.conversations, [], 'nothing comes twice');
  await write(unaAgain, '3', id);
  const { body: history } = await unaAgain.request('GET', `conversations/${id}/messages`);
  t.same(
    history.items.map(({ seq, content }: { seq: number; content: string }) => [seq, content]),
    [
      [1, '1'],
      [2, '2'],
      [3, '3'],
    ],
  );
  t.same(await again.end('SIGTERM'), [0, null]);
});
