/** Document 001's store: the messages of video calls, in MongoDB's canonical form. */
import t from 'tap';
import { history, importing, jsonLines } from './bring-in.ts';

const time = (text: string) => ({ $date: { $numberLong: String(Date.parse(text)) } });

const messages = jsonLines([
  {
    _id: { $oid: '65a000000000000000000001' },
    sessionId: 'call-1',
    senderId: 'dr-1',
    senderName: 'Dr. Dee',
    senderRole: 'doctor',
    messageType: 'text',
    content: 'Good morning',
    timestamp: time('2025-01-02T09:00:00.123Z'),
  },
  {
    _id: { $oid: '65a000000000000000000002' },
    sessionId: 'call-1',
    messageType: 'system',
    content: 'Recording begins',
    timestamp: time('2025-01-02T09:00:01Z'),
  },
  {
    _id: { $oid: '65a000000000000000000003' },
    sessionId: 'call-1',
    senderId: 'pat-1',
    senderName: 'Pat',
    senderRole: 'patient',
    messageType: 'file',
    content: 'My scan',
    fileUrl: 'https://files.example/scans/knee%20left.png',
    timestamp: time('2025-01-02T09:00:02Z'),
  },
  {
    _id: { $oid: '65a000000000000000000004' },
    sessionId: 'call-1',
    senderId: 'pat-1',
    senderName: 'Pat',
    senderRole: 'patient',
    content: 'what I should not have said',
    isDeleted: true,
    deletedAt: time('2025-01-02T09:01:00Z'),
    timestamp: time('2025-01-02T09:00:03Z'),
  },
  {
    _id: { $oid: '65a000000000000000000005' },
    sessionId: 'call-1',
    content: 'By nobody',
    timestamp: time('2025-01-02T09:00:04Z'),
  },
]);

t.test('calls become rooms of the host’s id, with who was what in them', async (t) => {
  const source = importing(t);
  const told = await source.run('001', { 'ChatMessage.json': messages });
  t.match(told, { code: 7, users: 2, conversations: 1, messages: 4, skipped: 1 });
  t.match(told.reasons, [{ reason: 'it does not tell who wrote it', places: ['ChatMessage.json:5'] }]);
  const app = await source.serve();
  const [doctor, patient, stranger] = [
    await app.hostUser('dr-1'),
    await app.hostUser('pat-1'),
    await app.hostUser('stranger'),
  ];
  const [room] = (await doctor.request('GET', 'conversations?externalId=call-1')).body.items;
  t.match(room, { kind: 'room', externalId: 'call-1', status: 'open', seq: 4, participantCount: 2 });
  const all = await history(t, patient, room.id);
  t.match(all, [
    { kind: 'text', author: { name: 'Dr. Dee', title: 'doctor' }, createdAt: '2025-01-02T09:00:00.123Z' },
    { kind: 'system', author: null, system: { code: 'notice' }, content: 'Recording begins' },
    {
      kind: 'file',
      content: 'My scan',
      attachments: [{ name: 'knee left.png', type: 'image/png', url: 'https://files.example/scans/knee%20left.png' }],
    },
    { content: null, deletedAt: '2025-01-02T09:01:00.000Z', author: { name: 'Pat' } },
  ]);
  t.equal((await stranger.request('GET', `conversations/${room.id}/messages`)).status, 404);
  t.same((await patient.request('GET', 'unread')).body.total, 0);
  t.same((await doctor.request('GET', 'search?q=should')).body.items, [], 'what was deleted is not found');
  const stats = (await doctor.request('GET', `conversations/${room.id}/stats`)).body;
  t.match(stats, { messages: 3 }, 'a tombstone is none');
  const sent = await patient.request('POST', `conversations/${room.id}/messages`, { content: 'Still here' });
  t.match(sent, { status: 201, body: { seq: 5, author: { title: 'patient' } } });
  t.equal((await doctor.request('GET', 'unread')).body.total, 1);
});
