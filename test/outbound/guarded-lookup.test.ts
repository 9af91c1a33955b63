/** A name is asked once, and the socket goes where that answer said, whatever the name means a moment later. */
import type { LookupAddress } from 'node:dns';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import t, { type Test } from 'tap';
import { guardedLookup } from '../../src/outbound/guarded-lookup.ts';
import { OutboundError } from '../../src/outbound/outbound-error.ts';

const INSIDE = { address: '127.0.0.2', family: 4 };
const OPEN = { address: '127.0.0.1', family: 4 };
const CLOSED = OutboundError.address().message;
const mayConnect = (address: string) => address === OPEN.address;

/** A name that means something else each time that it is asked for. */
function rebinding(...answers: LookupAddress[][]) {
  const asked: string[] = [];
  const ask = (name: string, found: (error: null, addresses: LookupAddress[]) => void) => {
    const answer = answers[Math.min(asked.push(name), answers.length) - 1] ?? [];
    setImmediate(() => found(null, answer));
  };
  return { asked, lookup: guardedLookup(ask, mayConnect) };
}

/** Somebody listens outside, and nobody inside; gives the port. */
async function listening(t: Test): Promise<number> {
  const server = createServer((socket) => socket.end('outside'));
  server.listen(0, OPEN.address);
  await once(server, 'listening');
  t.teardown(() => new Promise((done) => server.close(done)));
  return (server.address() as AddressInfo).port;
}

async function said(port: number, lookup: ReturnType<typeof guardedLookup>): Promise<string> {
  const socket = connect({ host: 'rebinding.example', port, lookup });
  let text = '';
  for await (const chunk of socket.setEncoding('utf8')) text += chunk;
  return text;
}

t.test('a name that turns inwards behind the look at it is connected to as it was looked at', async (t) => {
  const port = await listening(t);
  const { asked, lookup } = rebinding([OPEN], [INSIDE]);
  t.equal(await said(port, lookup), 'outside');
  t.same(asked, ['rebinding.example'], 'nobody asks again between the look and the connection');
  await t.rejects(said(port, lookup), { message: CLOSED }, 'and the next time it is refused');
});

t.test('of a name that means both, only what is open is connected to', async (t) => {
  const port = await listening(t);
  t.equal(await said(port, rebinding([INSIDE, OPEN]).lookup), 'outside');
  await t.rejects(said(port, rebinding([INSIDE]).lookup), { message: CLOSED });
});
