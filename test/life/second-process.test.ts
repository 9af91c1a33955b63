import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { runParley } from '../cli/parley.ts';
import { ofTheFile } from '../database.ts';
import { settingsFor, startServer } from './server-process.ts';

t.test(
  'a second server on the same folder says who holds it, and a killed one leaves nothing to unlock',
  { skip: ofTheFile },
  async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'parley-life-'));
    t.teardown(() => rmSync(folder, { recursive: true, force: true }));
    const first = await startServer(t, folder);
    const second = await runParley(['serve'], settingsFor(folder));
    t.equal(second.code, 4, 'the exit code of a data folder that cannot be used');
    t.equal(
      second.err,
      `parley: The data folder ${folder} is in use by another Parley (process ${first.child.pid}): stop that one first.\n`,
    );
    t.equal(second.out, '');
    t.equal((await fetch(`${first.url}/healthz`)).status, 200, 'the first goes on');

    await first.end('SIGKILL');
    const third = await startServer(t, folder);
    t.equal((await fetch(`${third.url}/healthz`)).status, 200);
    t.same(await third.end('SIGTERM'), [0, null]);
  },
);
