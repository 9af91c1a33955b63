/** docs/importing.md names the columns by which `parley import` knows foreign tables. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { columnNames } from '../../src/cli/import/names-of-columns.ts';

t.test('the columns are those of the code', (t) => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/importing.md'), 'utf8');
  const told = page.split('\n').filter((line) => /^\| `\w+\.\w+` \|/.test(line));
  const known = Object.entries(columnNames).flatMap(([kind, fields]) =>
    Object.entries(fields).map(
      ([field, names]) => `| \`${kind}.${field}\` | ${names.map((name) => `\`${name}\``).join(', ')} |`,
    ),
  );
  t.same(told, known);
  t.end();
});
