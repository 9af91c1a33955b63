/** Files of another chat, brought into a data folder by the command, and a server over what came of it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import type { Config } from '../../../src/config.ts';
import { type Actor, type Body, startApp, type TestApp } from '../../helper.ts';
import { runParley } from '../parley.ts';

export interface Told {
  code: number | null;
  users: number;
  conversations: number;
  messages: number;
  already: number;
  skipped: number;
  reasons: { reason: string; count: number; places: string[] }[];
}

export interface Importing {
  /** The data folder. */
  data: string;
  /** Where the files lie. */
  source: string;
  /** Writes the files, if any are given, and runs `parley import` on all that there are, in their order. */
  run(from: string, files: Readonly<Record<string, string>>, ...more: string[]): Promise<Told>;
  /** A server over it, on which `parley check` finds nothing. */
  serve(overrides?: Partial<Config>): Promise<TestApp>;
}

export function importing(t: Test): Importing {
  const folder = mkdtempSync(join(tmpdir(), 'parley-import-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const data = join(folder, 'data');
  return {
    data,
    source: folder,
    async run(from, files, ...more) {
      const paths = Object.entries(files).map(([name, content]) => {
        writeFileSync(join(folder, name), content);
        return join(folder, name);
      });
      const args = ['import', ...paths, '--from', from, '--data', data, '--json', ...more];
      const { code, out, err } = await runParley(args);
      if (out === '') throw new Error(err);
      return { code, ...JSON.parse(out) };
    },
    async serve(overrides = {}) {
      const check = await runParley(['check', '--data', data, '--json']);
      const findings = JSON.parse(check.out).findings.filter(({ what }: Body) => !/secret/.test(what));
      t.same(findings, [], 'parley check finds nothing');
      return startApp(t, overrides, { folder: data });
    },
  };
}

/** All messages of a conversation as who asks reads them, oldest first; their numbers have no holes. */
export async function history(t: Test, who: Pick<Actor, 'request'>, conversation: string): Promise<Body[]> {
  const items: Body[] = [];
  for (let after = 0; ; ) {
    const { status, body } = await who.request(
      'GET',
      `conversations/${conversation}/messages?limit=200&after=${after}`,
    );
    if (status !== 200) throw new Error(`history: ${status}`);
    if (body.items.length === 0) break;
    items.push(...body.items);
    after = body.items.at(-1).seq;
  }
  t.same(
    items.map(({ seq }) => seq),
    items.map((_, index) => index + 1),
    'seq has no holes',
  );
  return items;
}

export function jsonLines(rows: readonly object[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}
