/** Files that are not what they should be, and imports that do not come to their end. */
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import t from 'tap';
import { startApp } from '../../helper.ts';
import { runParley, spawnParley } from '../parley.ts';
import { history, importing, jsonLines } from './bring-in.ts';

t.setTimeout(300_000);

const message = (id: string, content: string, more: object = {}) => ({
  _id: id,
  sessionId: 'call',
  senderId: 'una',
  content,
  timestamp: '2025-01-01T10:00:00Z',
  ...more,
});

t.test('a broken line costs itself, and is told with its number', async (t) => {
  const source = importing(t);
  const lines = [
    JSON.stringify(message('1', 'one')),
    '{"_id": "2", "content": "cut in the mid',
    '',
    JSON.stringify(message('3', 'three')),
    '[1, 2]',
    JSON.stringify(message('4', 'no time', { timestamp: 'yesterday' })),
    JSON.stringify(message('5', ' \r\n ')),
    JSON.stringify(message('6', 'a\u0000b\u0007c\ud800')),
    JSON.stringify(message('7', 'x'.repeat(25_000))),
    `{"_id": "8", "content": "${'y'.repeat(17 * 1024 * 1024)}"}`,
    JSON.stringify(message('1', 'one')),
    JSON.stringify(message('9', 'nine')).slice(0, -4),
  ];
  const report = join(source.source, 'report.jsonl');
  const told = await source.run('001', { 'ChatMessage.json': lines.join('\n') }, '--report', report);
  t.match(told, { code: 7, messages: 4, already: 1, skipped: 6 });
  const places = Object.fromEntries(told.reasons.map(({ reason, places }) => [reason, places]));
  t.same(places, {
    'the line is no JSON object': ['ChatMessage.json:2', 'ChatMessage.json:5', 'ChatMessage.json:12'],
    'the message has no time that can be read': ['ChatMessage.json:6'],
    'the message says nothing': ['ChatMessage.json:7'],
    'the line is too long': ['ChatMessage.json:10'],
  });
  const written = readFileSync(report, 'utf8').trim().split('\n');
  t.equal(written.length, 6);
  t.same(JSON.parse(written[0] ?? ''), { file: 'ChatMessage.json', line: 2, reason: 'the line is no JSON object' });
  const app = await source.serve();
  const una = await app.hostUser('una');
  const [room] = (await una.request('GET', 'conversations')).body.items;
  t.same(
    (await history(t, una, room.id)).map(({ content }) => (content.length > 10 ? content.length : content)),
    ['one', 'three', 'abc\ufffd', 10_000, 10_000, 5_000],
    'without control characters; what is too long in pieces',
  );
});

t.test('a quote that is not closed costs one line of a CSV', async (t) => {
  const source = importing(t);
  const csv = [
    'id,session_id,sender_id,content,created_at',
    '1,call,una,one,2025-01-01',
    '2,call,una,"not closed,2025-01-02',
    '3,call,una,three,2025-01-03',
    '4,call,una,"a ""quoted"" one",2025-01-04',
    '5,call,una,too,many,2025-01-05',
    '6,call,una,"cut',
  ].join('\n');
  const told = await source.run('001', { 'messages.csv': csv });
  t.match(told, { messages: 3, skipped: 3 });
  t.same(told.reasons.flatMap(({ places }) => places).sort(), ['messages.csv:3', 'messages.csv:6', 'messages.csv:7']);
});

t.test('killed in the middle, it is run again and nothing is missing or there twice', async (t) => {
  const source = importing(t);
  const count = 30_000;
  const rows = Array.from({ length: count }, (_, index) => ({
    ...message(String(index), `message ${index}`, { timestamp: 1_735_725_600_000 + (index % 1000) }),
    sessionId: `call-${index % 7}`,
    senderId: `user-${index % 11}`,
  }));
  const file = join(source.source, 'ChatMessage.json');
  writeFileSync(file, jsonLines(rows));
  const args = ['import', file, '--from', '001', '--data', source.data];
  const child = spawnParley(args);
  if (child.stderr === null) throw new Error('it has no standard error');
  for await (const line of createInterface({ input: child.stderr })) if (line === 'writing') child.kill('SIGKILL');
  await once(child, 'close').catch(() => {});
  const told = await source.run('001', {}, file);
  t.equal(told.code, 0);
  t.ok(told.already > 0, 'what was committed stayed');
  t.equal(told.messages + told.already, count);
  const app = await source.serve();
  const admin = await app.hostUser('user-0');
  const rooms = (await admin.request('GET', 'conversations')).body.items;
  t.equal(rooms.length, 7);
  const all = await history(t, admin, rooms[0].id);
  t.equal(new Set(all.map(({ content }) => content)).size, all.length);
  const times = all.map(({ createdAt }) => createdAt);
  t.same(times, times.toSorted());
});

t.test('what cannot be begun changes nothing and is told', async (t) => {
  const source = importing(t);
  const file = join(source.source, 'x.bin');
  writeFileSync(file, Buffer.from([0, 1, 2]));
  const run = (...args: string[]) => runParley(['import', ...args, '--data', source.data]);
  t.match(await run(file), { code: 2, err: /--from must be one of 000, 001/ });
  t.match(await run('--from', '002'), { code: 2, err: /needs a file/ });
  t.match(await run(file, '--from', '002'), { code: 2, err: /does not tell what its rows are/ });
  t.match(await run(`messages=${file}`, '--from', '002'), { code: 4, err: /is no text/ });
  t.match(await run('messages=/nowhere.csv', '--from', '002'), { code: 4, err: /cannot be read/ });
  t.match(await run(file, '--from', '002', '--map', 'messages.colour=red'), {
    code: 2,
    err: /no field messages.colour/,
  });
  t.match(await run(file, '--from', '002', '--table', 'x=colour'), { code: 2, err: /a table is one of/ });
  t.match(await run('--help'), { code: 0, out: /^Usage: parley import/ });
  writeFileSync(join(source.source, 'messages.json'), '[{"_id": 1}]');
  t.match(await run(join(source.source, 'messages.json'), '--from', '001'), { code: 4, err: /without --jsonArray/ });
  await startApp(t, {}, { folder: source.data });
  writeFileSync(file, jsonLines([message('1', 'one')]));
  t.match(await run(`messages=${file}`, '--from', '001'), { code: 4, err: /in use by another Parley/ });
});
