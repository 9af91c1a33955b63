/** A page of the documentation as something to be followed: its commands are run, its answers are patterns. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Test } from 'tap';
import type { Body } from '../helper.ts';

const run = promisify(execFile);

export interface Block {
  kind: string;
  text: string;
}

export function blocksOf(page: string): Block[] {
  return [...page.matchAll(/^```([\w ]*)\n(.*?)^```/gms)].map(([, kind = '', text = '']) => ({ kind, text }));
}

/** The page's `…` stands for any text; a number that tells a time, such as `waiting`, only for a number. */
export function asPattern(value: Body): Body {
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

/**
 * Runs the `sh` blocks in their order and matches the `json` behind them. `export NAME=… # .field` keeps a field of the
 * last answer under that name; `kept` are the names there are at the beginning, and grows.
 *
 * @param other what to do with a block of another kind
 */
export async function follow(
  t: Test,
  page: string,
  kept: Record<string, string>,
  other: (block: Block) => Promise<void> = async () => {},
): Promise<{ answered: number; answers: Body[] }> {
  const answers: Body[] = [];
  let last: Body = null;
  let answered = 0;
  for (const block of blocksOf(page)) {
    const { kind, text } = block;
    if (kind === 'sh') {
      const commands = text.replace(/^export (\w+)=.*?(?:# \.(\w+))?$\n?/gm, (_line, name: string, field?: string) => {
        if (field !== undefined) kept[name] = String(last[field]);
        return '';
      });
      if (commands.trim() === '') continue;
      const { stdout } = await run('bash', ['-c', commands], {
        env: { ...kept, PATH: '/usr/local/bin:/usr/bin:/bin' },
      });
      last = stdout.trim() === '' ? null : JSON.parse(stdout);
      answers.push(last);
    } else if (kind === 'json') {
      t.match(last, asPattern(JSON.parse(text)), text.trim().slice(0, 100));
      answered += 1;
    } else await other(block);
  }
  return { answered, answers };
}
