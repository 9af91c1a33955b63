/** A heap of 300 MB, and everything at once that takes memory: nobody's share grows with what others do not take. */
import { readFileSync } from 'node:fs';
import t from 'tap';
import { callers } from '../helper.ts';
import { formWith, post } from '../http/form.ts';
import { countOf } from './counts.ts';
import { talk } from './talk.ts';

const TIMES = countOf('TIMES', 1, 5);
const HEAP_MIB = 300;
/** The heap, what sockets and the database hold beside it, and the runtime itself. */
const MOST_RESIDENT_MIB = 2 * HEAP_MIB;
const DEAF = 15;
const FILES = 8;
const FILE_BYTES = 10_000_000;
const READERS = 40;
const SENDS = 500;

t.setTimeout(200_000 + TIMES * 60_000);

const residentMib = (pid: number) => {
  const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kib) / 1024;
};

t.test('large files, long histories and people who do not read', { skip: process.platform !== 'linux' }, async (t) => {
  const talking = await talk(t, {
    NODE_OPTIONS: `--max-old-space-size=${HEAP_MIB}`,
    PARLEY_MAX_FILE: String(FILE_BYTES),
    PARLEY_SOCKETS_PER_USER: '1000',
  });
  const { meeting, told } = talking;
  const { visitor, hostUser } = callers(t, meeting.server.url);
  const [writer, reader] = [await visitor(), await hostUser('uma')];
  const line = await writer.connect();
  const content = 'x'.repeat(1_000);
  const first = await line.call({ type: 'message.send', to: 'support', message: { content } });
  const { conversationId } = first.message;
  meeting.known.add(first.message.id);
  let most = 0;
  const note = () => {
    most = Math.max(most, residentMib(Number(meeting.server.child.pid)));
  };
  for (let time = 0; time < TIMES; time += 1) {
    const deaf = await Promise.all(Array.from({ length: DEAF }, () => writer.connect()));
    for (const { socket } of deaf) socket.pause();
    const sends = Array.from({ length: SENDS }, () =>
      line.call({ type: 'message.send', conversationId, message: { content } }),
    );
    const files = Array.from({ length: FILES }, (_, index) =>
      post(meeting.server, reader.token, formWith(Buffer.alloc(FILE_BYTES - 1_000, `${time} ${index} `))),
    );
    const readings = Array.from({ length: READERS }, () =>
      writer.request('GET', `conversations/${conversationId}/messages?limit=200`),
    );
    for (const answer of await Promise.all(sends)) {
      t.match(answer, { type: 'ok' });
      meeting.known.add(answer.message.id);
    }
    note();
    for (const { status } of await Promise.all(readings)) t.equal(status, 200);
    note();
    for (const { status } of await Promise.all(files)) t.equal(status, 201);
    note();
    for (const { socket } of deaf) socket.terminate();
  }
  await told.grownBy(50);
  t.equal(meeting.server.child.exitCode, null, 'it lives');
  t.ok(most < MOST_RESIDENT_MIB, `${Math.round(most)} MiB at most`);
  await talking.end();
});
