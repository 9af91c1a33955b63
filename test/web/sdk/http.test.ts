/** What the SDK makes of answers that are not the server's, or not whole. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import t, { type Test } from 'tap';
import { keepCredentials } from '../../../src/web/sdk/credentials.ts';
import { createHttp } from '../../../src/web/sdk/http.ts';
import { memoryStorage } from '../../../src/web/sdk/storage.ts';
import { createTokens } from '../../../src/web/sdk/token.ts';
import { createVisitor } from '../../../src/web/sdk/visitor.ts';
import { manualClock, settled } from './manual-clock.ts';

/** What stands where the server should: the test answers for it. */
async function between(t: Test, answers: ((response: ServerResponse) => void)[]) {
  const server = createServer((request, response) => {
    request.resume();
    answers.shift()?.(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Tells when something was asked. */
function told(): { asked: Promise<void>; tell(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { asked: promise, tell: resolve };
}

const json = (response: ServerResponse, status: number, body: object) =>
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

t.test('an answer that breaks off within its body is late, as one that never comes', async (t) => {
  const time = manualClock();
  const { asked, tell } = told();
  const url = await between(t, [
    (response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{"items":[');
    },
  ]);
  const whenHead: typeof fetch = async (...asked) => {
    const response = await fetch(...asked);
    tell();
    return response;
  };
  const http = createHttp(url, createTokens('token', undefined, time.clock), time.clock, 15_000);
  const page = http.json('GET', '/v1/conversations', undefined, { fetch: whenHead }).then(null, ({ code }) => code);
  await asked;
  await settled();
  await time.advance(15_000);
  t.equal(await page, 'TIMEOUT');
});

for (const [status, code] of [
  [401, 'UNAUTHENTICATED'],
  [413, 'TOO_LARGE'],
  [429, 'RATE_LIMITED'],
  [502, 'NETWORK'],
] as const) {
  t.test(`a proxy's page with ${status} means ${code}`, async (t) => {
    const { clock } = manualClock();
    const url = await between(t, [(response) => response.writeHead(status).end('<html>')]);
    const http = createHttp(url, createTokens('token', undefined, clock), clock, 15_000);
    await t.rejects(http.json('POST', '/v1/attachments', {}), { code });
  });
}

t.test('a visitor that is not answered is asked for again', async (t) => {
  const time = manualClock();
  const { asked, tell } = told();
  const url = await between(t, [tell, (response) => json(response, 201, { user: { id: 'v' }, token: 'made' })]);
  const visitor = createVisitor({ url, storage: memoryStorage(), clock: time.clock });
  const first = Promise.resolve(visitor.getToken()).then(null, ({ code }) => code);
  await asked;
  await time.advance(15_000);
  t.equal(await first, 'NETWORK');
  t.equal(await visitor.getToken(), 'made');
});

t.test('a ticket that did not come is asked for a minute later', async (t) => {
  const time = manualClock();
  const { clock } = time;
  const value = (name: string) => ({ value: name, expiresAt: '' });
  const refused = told();
  const url = await between(t, [
    (response) => {
      response.writeHead(503).end(() => refused.tell());
    },
    (response) => json(response, 200, value('next')),
  ]);
  const tokens = createTokens('token', undefined, clock);
  const http = createHttp(url, tokens, clock, 15_000);
  const tickets: string[] = [];
  const changed = ({ value }: { value: string }) => tickets.push(value);
  const kept = keepCredentials({ http, tokens, clock, renewable: false, renewed() {}, changed });
  kept.took(value('first'));
  t.teardown(() => kept.stop());
  await time.advance(45 * 60_000);
  await refused.asked;
  while (tickets.length < 2) {
    await settled();
    await time.advance(1000);
  }
  t.same(tickets, ['first', 'next']);
  t.ok(clock.now() - 1_700_000_000_000 < 60 * 60_000, 'before the former is over');
});
