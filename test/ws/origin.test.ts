import t from 'tap';
import type { Config } from '../../src/config.ts';
import { startApp } from '../helper.ts';
import { openLine } from '../line.ts';

/** `own` stands for the server's own origin. */
type Case = { name: string; origin: string | undefined; config?: Partial<Config>; open: boolean };

const listed = { origins: ['https://example.com', 'http://localhost:5173'] };
const CASES: Case[] = [
  { name: 'none: a program', origin: undefined, open: true },
  { name: "the server's own", origin: 'own', open: true },
  { name: 'a listed one', origin: 'https://example.com', config: listed, open: true },
  { name: 'a listed one with a port', origin: 'http://localhost:5173', config: listed, open: true },
  { name: 'any other', origin: 'https://evil.example', open: false },
  { name: 'null', origin: 'null', config: listed, open: false },
  { name: 'empty', origin: '', config: listed, open: false },
  { name: 'another scheme', origin: 'http://example.com', config: listed, open: false },
  { name: 'another port', origin: 'https://example.com:8443', config: listed, open: false },
  { name: 'a subdomain', origin: 'https://www.example.com', config: listed, open: false },
  { name: 'a longer name', origin: 'https://example.com.evil.example', config: listed, open: false },
  { name: 'a longer beginning', origin: 'https://evilexample.com', config: listed, open: false },
  { name: 'with a path', origin: 'https://example.com/', config: listed, open: false },
  { name: 'in capitals', origin: 'HTTPS://EXAMPLE.COM', config: listed, open: false },
  {
    name: 'the public address',
    origin: 'https://chat.example.com',
    config: { publicUrl: 'https://chat.example.com' },
    open: true,
  },
  {
    name: 'the Host, where the public address is another',
    origin: 'own',
    config: { publicUrl: 'https://chat.example.com' },
    open: false,
  },
];

for (const { name, origin, config = {}, open } of CASES) {
  t.test(`Origin ${name}: ${open ? 'comes in' : 'is refused with 403'}`, async (t) => {
    const app = await startApp(t, config);
    const visitor = await app.visitor();
    const header = origin === 'own' ? app.url : origin;
    const headers = header === undefined ? {} : { origin: header };
    const opening = openLine(t, app.url, { headers });
    if (open) await t.resolves(opening);
    else await t.rejects(opening, { message: 'the upgrade was answered 403' });
    const aborted = AbortSignal.timeout(10_000);
    const stream = await fetch(`${app.url}/v1/events`, {
      headers: { ...headers, authorization: `Bearer ${visitor.token}` },
      signal: aborted,
    });
    t.equal(stream.status, open ? 200 : 403, 'the stream judges alike');
    await stream.body?.cancel();
  });
}
