/**
 * Document 001: the chat beside a video call. Its people are put in by the host, with what they are there; 1000
 * characters at most; statistics; deleting by who wrote it or by the session's admin; a WebSocket first, REST when it
 * is down. Its holes: a message stored twice by the two ways, deleting by anybody, statistics for strangers, a time
 * chosen by the client.
 */
import { randomUUID } from 'node:crypto';
import t from 'tap';
import { startServer } from '../conformance/server.ts';
import type { Body } from '../helper.ts';

const server = await startServer(t);
const host = await server.key('conversations', 'conversations:all', 'messages', 'tokens');
const [doctor, patient, stranger] = [
  await server.hostUser('dr-1', { name: 'Dr. Dee' }),
  await server.hostUser('patient-1', { name: 'Pat' }),
  await server.hostUser('stranger-1', { name: 'Stan' }),
];

async function begin(externalId: string, more: object = {}): Promise<Body> {
  const { status, body } = await host.post('conversations', {
    kind: 'room',
    externalId,
    subject: 'Consultation',
    participants: [
      { externalId: 'dr-1', title: 'doctor', moderator: true },
      { externalId: 'patient-1', title: 'patient' },
    ],
    ...more,
  });
  t.equal(status, 201);
  return body;
}

t.test('those in the call talk at once, each as what they are there', async (t) => {
  const room = await begin('call-1');
  const again = await host.post('conversations', { kind: 'room', externalId: 'call-1' });
  t.equal(again.status, 200, 'the same call is the same room');
  t.equal(again.body.id, room.id);
  const found = await doctor.get('conversations?externalId=call-1');
  t.same(
    found.body.items.map(({ id }: Body) => id),
    [room.id],
    'a participant finds it by the call',
  );

  const [one, two] = [await doctor.connect(), await patient.connect()];
  const sent = await one.call({ type: 'message.send', conversationId: room.id, message: { content: 'Good morning' } });
  t.match(sent.message, { kind: 'text', author: { name: 'Dr. Dee', title: 'doctor' } });
  t.match(await two.event('message.created'), { message: { id: sent.message.id, author: { title: 'doctor' } } });
  const { body: notice } = await host.post(`conversations/${room.id}/messages`, {
    kind: 'system',
    content: 'Recording',
  });
  t.match(notice, { kind: 'system', author: null, system: { code: 'notice' }, content: 'Recording' });
  t.match(await two.event('message.created'), { message: { kind: 'system', content: 'Recording' } });
});

t.test('a thousand characters by default, another number where the host says so', async (t) => {
  const room = await begin('call-2');
  const write = (id: string, length: number) =>
    patient.post(`conversations/${id}/messages`, { content: '𝄞'.repeat(length) });
  t.equal((await write(room.id, 1000)).status, 201, 'code points, not units');
  const refused = await write(room.id, 1001);
  t.equal(refused.status, 400);
  t.match(refused.body, { code: 'VALIDATION', details: { path: 'content' } });
  const short = await begin('call-3', { maxLength: 20 });
  t.equal((await write(short.id, 21)).status, 400);
  t.equal((await write(short.id, 20)).status, 201);
});

t.test('the socket is down: REST sends and Server-Sent Events receive, and nothing is there twice', async (t) => {
  const room = await begin('call-4');
  const stream = await patient.stream(`?view=${room.id}`);
  await stream.event('welcome');
  const id = randomUUID();
  const line = await doctor.connect();
  const bySocket = await line.call({ type: 'message.send', conversationId: room.id, message: { id, content: 'Once' } });
  const byRest = await doctor.post(`conversations/${room.id}/messages`, { id, content: 'Once' });
  t.equal(byRest.status, 200, 'the same id is the same message, whichever way');
  t.equal(byRest.body.seq, bySocket.message.seq);
  t.match(await stream.event('message.created'), { message: { id, content: 'Once' } });
  const { body: history } = await patient.get(`conversations/${room.id}/messages`);
  t.same(
    history.items.map(({ content }: Body) => content),
    ['Once'],
  );
  t.equal(
    (await doctor.post(`conversations/${room.id}/messages`, { content: 'Hi', timestamp: 1 })).status,
    400,
    'nobody chooses the time',
  );
});

t.test('a message goes by who wrote it or by the moderator, and by nobody else', async (t) => {
  const room = await begin('call-5');
  const say = async (who: typeof doctor, content: string) =>
    (await who.post(`conversations/${room.id}/messages`, { content })).body.id as string;
  const [theirs, own, other] = [await say(doctor, 'a'), await say(patient, 'b'), await say(patient, 'c')];
  const remove = (who: typeof doctor, id: string) => who.delete(`conversations/${room.id}/messages/${id}`);
  t.equal((await remove(patient, theirs)).status, 403);
  t.equal((await remove(stranger, theirs)).status, 404);
  t.equal((await remove(patient, own)).status, 200);
  const gone = await remove(doctor, other);
  t.equal(gone.status, 200);
  t.match(gone.body, { content: null, seq: 3 }, 'a tombstone keeps the place');
  t.type(gone.body.deletedAt, 'string');
});

t.test('statistics, for those who read it', async (t) => {
  const room = await begin('call-6');
  await doctor.post(`conversations/${room.id}/messages`, { content: 'one' });
  await doctor.post(`conversations/${room.id}/messages`, { content: 'two' });
  await patient.post(`conversations/${room.id}/messages`, { content: 'three' });
  const { status, body } = await patient.get(`conversations/${room.id}/stats`);
  t.equal(status, 200);
  t.match(body, { messages: 3, byKind: { text: 3 } });
  t.same(body.byParticipant.map(({ user, messages }: Body) => [user.name, messages]).sort(), [
    ['Dr. Dee', 2],
    ['Pat', 1],
  ]);
  t.ok(body.firstAt <= body.lastAt);
  t.equal((await stranger.get(`conversations/${room.id}/stats`)).status, 404);
});

t.test('who is not in the call hears and reads nothing; who is taken out hears nothing more', async (t) => {
  const room = await begin('call-7');
  const [outside, inside] = [await stranger.connect(), await patient.connect()];
  for (const request of [
    { type: 'message.send', message: { content: 'Hi' } },
    { type: 'conversation.sync', since: 0 },
    { type: 'conversation.view', viewing: true },
    { type: 'typing.set', on: true },
  ]) {
    t.match(
      await outside.call({ ...request, conversationId: room.id }),
      { type: 'error', code: 'NOT_FOUND' },
      request.type,
    );
  }
  t.equal((await stranger.post(`conversations/${room.id}/participants`, { userId: stranger.id })).status, 404);
  await doctor.post(`conversations/${room.id}/messages`, { content: 'before' });
  await inside.event('message.created');
  t.equal((await host.delete(`conversations/${room.id}/participants/${patient.id}`)).status, 204);
  await inside.event('conversation.removed');
  await doctor.post(`conversations/${room.id}/messages`, { content: 'after' });
  t.same(await inside.rest(), []);
  t.same(await outside.rest(), []);
  t.equal((await patient.get(`conversations/${room.id}/messages`)).status, 404);
});
