/** The executable's two programs: the server without the other commands, nothing of ours in it loaded later, and those. */
import t from 'tap';
import { latePackages } from '../../bin/late-packages.ts';
import { serverAlone, withoutServer } from '../../bin/two-programs.ts';
import { program } from './program.ts';

t.test('the server’s has all of it from the beginning, and of the other commands nothing', async (t) => {
  const { files, text } = await program([serverAlone, latePackages(new Set())]);
  for (const file of ['src/app.ts', 'src/http/openapi-document.ts', 'src/db/postgres/open.ts'])
    t.ok(files.includes(file), file);
  for (const file of ['src/cli/import.ts', 'src/cli/check.ts', 'src/cli/user.ts']) t.notOk(files.includes(file), file);
  t.match(text, '__commonJS(', 'what esbuild wraps is told by its name');
  t.notMatch(text, '__esm(', 'no module waits in a function of its own');
});

t.test('the other’s has every command but the server', async (t) => {
  const { files, text } = await program([withoutServer, latePackages(new Set())]);
  for (const file of ['src/cli/import.ts', 'src/cli/check.ts', 'src/cli/user.ts']) t.ok(files.includes(file), file);
  for (const file of ['src/cli/serve.ts', 'src/app.ts']) t.notOk(files.includes(file), file);
  t.match(text, '__esm(', 'each command waits until it is asked for');
});
