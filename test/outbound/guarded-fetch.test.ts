import { once } from 'node:events';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import t, { type Test } from 'tap';
import { createGuardedFetch, type OutboundPost, type OutboundRequest } from '../../src/outbound/guarded-fetch.ts';
import { OutboundError } from '../../src/outbound/outbound-error.ts';
import { pour, startReceiver } from './receiver.ts';
import { selfSigned } from './self-signed.ts';

const LOOPBACK = ['127.0.0.0/8', '::1'];
const bounds = { timeoutMs: 5_000, maxBytes: 64 * 1024 };

function guarded(t: Test, allow: readonly string[] = []) {
  const fetch = createGuardedFetch(allow);
  t.teardown(() => fetch.close());
  return fetch;
}

/** What became of asking: the fault, or the whole text. */
async function outcome(t: Test, url: string, allow: readonly string[], request: Partial<OutboundRequest> = {}) {
  try {
    const answer = await guarded(t, allow)(url, { ...bounds, ...request });
    return { status: answer.status, text: await answer.text() };
  } catch (error) {
    if (error instanceof OutboundError) return error.fault;
    throw error;
  }
}

/** Every way to write "this machine", and the addresses that lead to one's own network. */
const INSIDE = [
  '127.0.0.1',
  '2130706433',
  '0x7f.1',
  '0x7f000001',
  '0177.0.0.1',
  '127.1',
  '0',
  '0.0.0.0',
  '127。0。0。1',
  '①②⑦.0.0.1',
  'localhost',
  'LOCALHOST',
  '127.255.255.254',
  '[::1]',
  '[::]',
  '[0:0:0:0:0:0:0:1]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[::127.0.0.1]',
  '[::ffff:0:127.0.0.1]',
  '[64:ff9b::127.0.0.1]',
  '[64:ff9b:1::7f00:1]',
  '[2002:7f00:1::]',
  '[2001:0:7f00:1::]',
  '[fe80::1]',
  '[fec0::1]',
  '[fc00::1]',
  '[fd12:3456:789a::1]',
  '[ff02::1]',
  '[2001:db8::1]',
  '[3fff::1]',
  '10.0.0.1',
  '100.64.0.1',
  '100.127.255.254',
  '169.254.169.254',
  '[::ffff:169.254.169.254]',
  '172.16.0.1',
  '172.31.255.254',
  '192.0.0.192',
  '192.0.2.1',
  '192.88.99.1',
  '192.168.0.1',
  '198.18.0.1',
  '198.51.100.1',
  '203.0.113.1',
  '224.0.0.1',
  '240.0.0.1',
  '255.255.255.255',
];

t.test('no spelling of an address inside the house is asked, by either protocol', async (t) => {
  const receiver = await startReceiver(t, (_, response) => response.end('the inside'));
  const inside6 = await startReceiver(t, (_, response) => response.end('the inside'), '::1');
  for (const host of INSIDE) {
    for (const { port } of [receiver, inside6]) {
      for (const protocol of ['http', 'https']) {
        t.equal(await outcome(t, `${protocol}://${host}:${port}/`, []), 'address', `${protocol}://${host}`);
      }
    }
  }
  t.equal(receiver.asked + inside6.asked, 0);
});

t.test('plain http leaves the house for listed addresses alone', async (t) => {
  t.equal(await outcome(t, 'http://8.8.8.8/', []), 'address');
  t.equal(await outcome(t, 'http://[2606:4700:4700::1111]/', []), 'address');
});

t.test('a listed address is asked by its literal and by its names, and no other is', async (t) => {
  const receiver = await startReceiver(t, (_, response) => response.end('hello'));
  for (const host of ['127.0.0.1', '2130706433', '[::ffff:127.0.0.1]', 'localhost']) {
    t.same(await outcome(t, `http://${host}:${receiver.port}/`, ['127.0.0.1']), { status: 200, text: 'hello' }, host);
  }
  t.equal(await outcome(t, `http://127.0.0.2:${receiver.port}/`, ['127.0.0.1']), 'address');
});

t.test('only http and https are asked, and no URL that carries a password', async (t) => {
  for (const url of ['file:///etc/passwd', 'ftp://127.0.0.1/', 'data:text/plain,x', 'gopher://127.0.0.1/', 'no url']) {
    t.equal(await outcome(t, url, LOOPBACK), 'url', url);
  }
  t.equal(await outcome(t, 'http://me:secret@127.0.0.1/', LOOPBACK), 'url');
});

t.test('a redirect is an answer, and nobody follows it', async (t) => {
  const inside = await startReceiver(t, (_, response) => response.end('the inside'));
  const to = ['http://169.254.169.254/latest/meta-data/', inside.url];
  for (const location of to) {
    const receiver = await startReceiver(t, (_, response) => response.writeHead(302, { location }).end('elsewhere'));
    t.same(await outcome(t, receiver.url, LOOPBACK), { status: 302, text: 'elsewhere' });
  }
  t.equal(inside.asked, 0);
});

t.test('an answer of 100 MiB ends at the bound, however it is sent', async (t) => {
  const mebibyte = Buffer.alloc(1024 * 1024, 'a');
  const poured = await startReceiver(t, (_, response) => pour(response, mebibyte, 100));
  t.equal(await outcome(t, poured.url, LOOPBACK), 'size');
  const bomb = gzipSync(Buffer.alloc(100 * 1024 * 1024));
  const zipped = await startReceiver(t, (_, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
  });
  t.equal(await outcome(t, zipped.url, LOOPBACK), 'size');
  const heads = await startReceiver(t, (_, response) => {
    response.socket?.end(`HTTP/1.1 200 OK\r\n${'x-more: '.padEnd(1000, 'a')}\r\n`.repeat(1000));
  });
  t.equal(await outcome(t, heads.url, LOOPBACK), 'connection');
});

t.test('exactly the allowed bytes are an answer, one more is none', async (t) => {
  const receiver = await startReceiver(t, (_, response) => response.end('a'.repeat(1000)));
  t.match(await outcome(t, receiver.url, LOOPBACK, { maxBytes: 1000 }), { status: 200 });
  t.equal(await outcome(t, receiver.url, LOOPBACK, { maxBytes: 999 }), 'size');
});

t.test('whoever hangs, or drips, is too late', async (t) => {
  const silent = await startReceiver(t, () => {});
  t.equal(await outcome(t, silent.url, LOOPBACK, { timeoutMs: 50 }), 'time');
  const dripping = await startReceiver(t, (_, response) => {
    const drip = setInterval(() => response.write('.'), 5);
    response.on('close', () => clearInterval(drip));
  });
  t.equal(await outcome(t, dripping.url, LOOPBACK, { timeoutMs: 100 }), 'time');
});

t.test('whoever asked may lose interest, before and within the answer', async (t) => {
  const receiver = await startReceiver(t, (_, response) => void response.write('a beginning'));
  t.equal(await outcome(t, receiver.url, LOOPBACK, { signal: AbortSignal.abort() }), 'aborted');
  const interest = new AbortController();
  const answer = await guarded(t, LOOPBACK)(receiver.url, { ...bounds, signal: interest.signal });
  const chunks = answer.chunks();
  await chunks.next();
  interest.abort();
  const fault = await chunks.next().catch((error) => error.fault);
  t.equal(fault, 'aborted');
});

t.test('nobody there, a broken body and no HTTP at all are the same fault', async (t) => {
  const cut = await startReceiver(t, (_, response) => {
    response.writeHead(200, { 'content-length': '100' });
    response.write('half', () => response.destroy());
  });
  t.equal(await outcome(t, cut.url, LOOPBACK), 'connection');
  const garbage = createTcpServer((socket) =>
    socket
      .on('error', () => {})
      .resume()
      .end('\u0000\u0001 nothing like it\r\n\r\n'),
  );
  garbage.listen(0, '127.0.0.1');
  await once(garbage, 'listening');
  const url = `http://127.0.0.1:${(garbage.address() as AddressInfo).port}`;
  t.equal(await outcome(t, url, LOOPBACK), 'connection');
  await new Promise((done) => garbage.close(done));
  t.equal(await outcome(t, url, LOOPBACK), 'connection');
});

t.test('a server that cannot prove its name is not asked', async (t) => {
  let asked = 0;
  const server = createTlsServer(selfSigned, (_, response) => {
    asked += 1;
    response.end('trust me');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const { port } = server.address() as AddressInfo;
  t.equal(await outcome(t, `https://localhost:${port}/`, LOOPBACK), 'connection');
  t.equal(asked, 0);
});

const post = { headers: {}, body: 'told', timeoutMs: 5_000, keptBytes: 10, readBytes: 1000 };

/** What became of posting: the fault, or the status and the beginning of the answer. */
async function posted(t: Test, url: string, allow: readonly string[], more: Partial<OutboundPost> = {}) {
  try {
    return await guarded(t, allow).post(url, { ...post, ...more });
  } catch (error) {
    if (error instanceof OutboundError) return error.fault;
    throw error;
  }
}

t.test('of what is posted the answer is its status and its beginning', async (t) => {
  const endless = await startReceiver(t, (_, response) => {
    response.writeHead(500);
    pour(response, Buffer.from('abcdefgh'), Number.POSITIVE_INFINITY);
  });
  t.same(await posted(t, endless.url, LOOPBACK), { status: 500, excerpt: 'abcdefghab' }, 'what goes on is ended');
  const zipped = await startReceiver(t, (_, response) => {
    response.writeHead(400, { 'content-encoding': 'gzip' }).end(gzipSync('why not'));
  });
  t.same(await posted(t, zipped.url, LOOPBACK), { status: 400, excerpt: 'why not' });
  const cut = await startReceiver(t, (_, response) => {
    response.writeHead(200, { 'content-length': '100' });
    response.write('half', () => response.destroy());
  });
  t.match(await posted(t, cut.url, LOOPBACK), { status: 200 }, 'its status stands whatever comes behind it');
  const stuck = await startReceiver(t, (_, response) => void response.writeHead(202).write('half'));
  const late = await posted(t, stuck.url, LOOPBACK, { timeoutMs: 100 });
  t.same(late, { status: 202, excerpt: 'half' });
});

t.test('what is posted goes where a request may go, and waits as long', async (t) => {
  const receiver = await startReceiver(t, (_, response) => response.end());
  t.equal(await posted(t, receiver.url, []), 'address');
  t.equal(await posted(t, `http://localhost:${receiver.port}/`, ['127.0.0.2']), 'address');
  t.equal(await posted(t, 'ftp://127.0.0.1/', LOOPBACK), 'url');
  t.equal(await posted(t, receiver.url, LOOPBACK, { signal: AbortSignal.abort() }), 'aborted');
  t.equal(receiver.asked, 0);
  const silent = await startReceiver(t, () => {});
  t.equal(await posted(t, silent.url, LOOPBACK, { timeoutMs: 50 }), 'time');
  const interest = new AbortController();
  const waiting = await startReceiver(t, () => interest.abort());
  t.equal(await posted(t, waiting.url, LOOPBACK, { signal: interest.signal }), 'aborted');
  const cut = await startReceiver(t, (request) => request.destroy());
  t.equal(await posted(t, cut.url, LOOPBACK), 'connection');
  const fetch = guarded(t, LOOPBACK);
  await fetch.close();
  const late = await fetch.post(receiver.url, post).catch((error) => error.fault);
  t.equal(late, 'aborted', 'when all is over nobody is asked');
});

t.test('two connections serve all that is posted one after the other, however it is answered', async (t) => {
  const ports = new Set<number | undefined>();
  const receiver = await startReceiver(t, (request, response) => {
    ports.add(request.socket.remotePort);
    request.resume().on('end', () => response.writeHead(500).end('x'.repeat(900)));
  });
  const fetch = guarded(t, LOOPBACK);
  for (let count = 0; count < 10; count += 1) {
    t.match(await fetch.post(receiver.url, post), { status: 500, excerpt: 'x'.repeat(10) });
  }
  // One that has just been answered is left alone for a turn of the loop.
  t.ok(ports.size <= 2, `${ports.size} connections`);
});

t.test('what is sent arrives as it was given', async (t) => {
  const receiver = await startReceiver(t, (request, response) => {
    response.setHeader('content-type', 'Text/Plain; charset=utf-8');
    response.write(`${request.method} ${request.headers['x-mine']} `);
    request.pipe(response);
  });
  const answer = await guarded(t, LOOPBACK)(receiver.url, {
    ...bounds,
    method: 'POST',
    headers: { 'x-mine': 'yes' },
    body: 'körper',
  });
  t.equal(answer.type, 'text/plain');
  t.equal(await answer.text(), 'POST yes körper');
});
