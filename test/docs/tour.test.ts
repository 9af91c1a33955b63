/** Runs docs/tour.md from top to bottom: its commands, and its answers as patterns. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import t, { type Test } from 'tap';
import { type Body, startApp } from '../helper.ts';
import { openLine } from '../line.ts';

const run = promisify(execFile);
const tour = readFileSync(new URL('../../docs/tour.md', import.meta.url), 'utf8');
const blocks = [...tour.matchAll(/^```(sh|json|ws \w+)\n(.*?)^```/gms)].map(([, kind = '', text = '']) => ({
  kind,
  text,
}));

/** The page's `…` stands for any text; a number that tells a time, such as `waiting`, only for a number. */
function asPattern(value: Body): Body {
  if (typeof value === 'string') return value.includes('…') ? startsLike(value) : value;
  if (Array.isArray(value)) return value.map(asPattern);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, of]) => [
      key,
      key === 'waiting' && typeof of === 'number' ? Number : asPattern(of),
    ]),
  );
}

function startsLike(text: string): RegExp {
  const [before = ''] = text.split('…');
  return new RegExp(`^${before.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}.`);
}

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
  let last: Body = null;
  let answered = 0;
  for (const { kind, text } of blocks) {
    if (kind === 'sh') {
      const commands = text.replace(/^export (\w+)=.*?(?:# \.(\w+))?$\n?/gm, (_line, name: string, field?: string) => {
        if (field !== undefined) kept[name] = String(last[field]);
        return '';
      });
      if (commands.trim() === '') continue;
      const { stdout } = await run('bash', ['-c', commands], {
        env: { ...kept, PATH: '/usr/local/bin:/usr/bin:/bin' },
      });
      last = JSON.parse(stdout);
    } else if (kind === 'json') {
      t.match(last, asPattern(JSON.parse(text)), text.trim().slice(0, 100));
      answered += 1;
    } else {
      await talk(
        t,
        server.url,
        text.replace(/\$([A-Z]+)/g, (_name, name: string) => kept[name] ?? ''),
      );
    }
  }
  t.ok(answered > 20, 'the page was read');
});
