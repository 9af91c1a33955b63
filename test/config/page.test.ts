import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { exitCodes } from '../../src/cli/exit-codes.ts';
import { settingsHelp } from '../../src/config/help.ts';
import { settingsPage } from '../../src/config/page.ts';
import { allSettings } from '../../src/config/setting.ts';

const page = settingsPage(Object.values(exitCodes));

t.test('docs/settings.md is what the schema says now', (t) => {
  const kept = readFileSync(join(import.meta.dirname, '../../docs/settings.md'), 'utf8');
  t.equal(kept, page, 'stale? node bin/run.mjs node src/main.ts config --markdown > docs/settings.md');
  t.end();
});

t.test('the page has a row of five cells for every setting and every exit code', (t) => {
  const rows = page.split('\n').filter((line) => line.startsWith('| `PARLEY_'));
  t.equal(rows.length, allSettings.length);
  for (const row of rows) t.equal(row.split(' | ').length, 5, row);
  t.match(page, '| 5 | the address cannot be listened on |');
  t.end();
});

t.test('the help names every setting with its option, and fits a terminal', (t) => {
  const lines = settingsHelp();
  for (const { env, flag, secret } of allSettings) {
    const head = lines.filter((line) => line.includes(secret ? `${env}  (` : `(${env})`) && line.startsWith('  '));
    t.equal(head.filter((line) => !line.startsWith('   ')).length, 1, env);
    if (flag !== undefined) t.match(head[0], `--${flag}`);
  }
  t.same(
    lines.filter((line) => line.length > 80),
    [],
  );
  t.match(lines.join('\n'), '--keep-address, --no-keep-address  (PARLEY_KEEP_ADDRESS)');
  t.end();
});
