/** Runs docs/tour.md from top to bottom: its commands, and its answers as patterns. */
import { readFileSync } from 'node:fs';
import t, { type Test } from 'tap';
import { type Body, startApp } from '../helper.ts';
import { openLine } from '../line.ts';
import { asPattern, follow } from './page.ts';

const tour = readFileSync(new URL('../../docs/tour.md', import.meta.url), 'utf8');

async function talk(t: Test, url: string, text: string): Promise<void> {
  const line = await openLine(t, url);
  let answer: Promise<Body> | null = null;
  for (const [, mark, frame = ''] of text.matchAll(/^([<>]) (.*)$/gm)) {
    if (mark === '>') {
      const { id: _id, ...request } = JSON.parse(frame);
      answer = line.call(request);
    } else t.match(await answer, asPattern(JSON.parse(frame)), frame);
  }
  line.socket.close();
}

t.test('the tour says what the server does', async (t) => {
  const jwtSecret = 'what only Parley and the host know';
  const server = await startApp(t, { adminEmail: undefined, adminPassword: undefined, jwtSecret } as object);
  const link = server.app.firstAdminLink?.split('#link=')[1] ?? '';
  const kept: Record<string, string> = { PARLEY: server.url, LINK: link };
  const { answered } = await follow(t, tour, kept, async ({ kind, text }) => {
    if (!kind.startsWith('ws ')) return;
    const filled = text.replace(/\$([A-Z]+)/g, (_name, name: string) => kept[name] ?? '');
    await talk(t, server.url, filled);
  });
  t.ok(answered > 20, 'the page was read');
});
