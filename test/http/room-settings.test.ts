/** What the host and a room's moderator set of it, by PATCH. */
import t from 'tap';
import { startApp } from '../helper.ts';

t.test('how long a message may be: by the host, the moderator and nobody else', async (t) => {
  const app = await startApp(t, { maxLength: 20 });
  const key = await app.key('conversations', 'conversations:all');
  const [moderator, guest] = [await app.hostUser('moderator'), await app.hostUser('guest')];
  const participants = [{ userId: moderator.user.id, moderator: true }, { userId: guest.user.id }];
  const room = (await key.request('POST', 'conversations', { kind: 'room', externalId: 'call', participants })).body;
  const path = `conversations/${room.id}`;
  const send = async (length: number) =>
    (await guest.request('POST', `${path}/messages`, { content: 'x'.repeat(length) })).status;
  t.match(room, { maxLength: 20 });
  t.same([await send(20), await send(21)], [201, 400]);

  const line = await guest.connect();
  const { status, body } = await moderator.request('PATCH', path, { maxLength: 5 });
  t.match({ status, body }, { status: 200, body: { maxLength: 5 } });
  t.match(await line.event('conversation.updated'), { conversation: { maxLength: 5 }, rev: body.rev });
  t.same([await send(5), await send(6)], [201, 400]);

  const { rev } = (await guest.request('GET', path)).body;
  const same = await key.request('PATCH', path, { maxLength: 5 });
  t.match(same, { status: 200, body: { maxLength: 5, rev } }, 'what is so already is no change');
  t.equal((await guest.request('PATCH', path, { maxLength: 10 })).status, 403);
  t.match((await guest.request('GET', path)).body, { maxLength: 5, rev });

  t.match((await key.request('PATCH', path, { maxLength: 30 })).body, { maxLength: 30, rev: rev + 1 });
  t.same([await send(30), await send(31)], [201, 400]);
  line.socket.close();
});

t.test('what a room is about: told to who is in it, and no change where it is so already', async (t) => {
  const app = await startApp(t);
  const admin = await app.admin();
  const guest = await app.hostUser('guest');
  const participants = [{ userId: admin.user.id, moderator: true }, { userId: guest.user.id }];
  const { body: room } = await admin.request('POST', 'conversations', { kind: 'room', participants });
  const path = `conversations/${room.id}`;
  const line = await guest.connect();
  for (const subject of ['Our call', 'Our next call', null]) {
    const { body } = await admin.request('PATCH', path, { subject });
    t.equal(body.subject, subject);
    t.match(await line.event('conversation.updated'), { conversation: { subject }, rev: body.rev });
    t.equal((await admin.request('PATCH', path, { subject })).body.rev, body.rev);
  }
  t.equal((await guest.request('PATCH', path, { subject: 'Mine' })).status, 403);
  t.same(await line.rest(), []);
  line.socket.close();
});
