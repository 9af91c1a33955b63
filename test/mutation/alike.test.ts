/** What is said to change nothing is still there to be said of. */
import t from 'tap';
import { parsed } from '../coverage/parsed.ts';
import { ALIKE, isAlike } from './alike.ts';
import { mutantsOf } from './mutants.ts';

t.test('each mutant that is said to change nothing is one that can be drawn', async (t) => {
  const sources = parsed();
  for (const alike of ALIKE) {
    const source = sources.get(alike.file);
    const mutants = source === undefined ? [] : mutantsOf(alike.file, source);
    t.ok(
      mutants.some((mutant) => isAlike(alike, mutant, source?.text ?? '')),
      `${alike.file}: ${alike.line}`,
    );
  }
});

t.test('a mutant is a change of its file', async (t) => {
  const sources = parsed();
  let count = 0;
  for (const file of ['src/hub/hub.ts', 'src/ws/throttle.ts', 'src/db/sqlite-writer.ts', 'src/chat/decide/send.ts']) {
    const source = sources.get(file);
    if (source === undefined) throw new Error(`${file} is not there`);
    for (const { from, to, text, at } of mutantsOf(file, source)) {
      count += 1;
      if (source.text.slice(from, to) === text) t.fail(`${file} at ${from} stays as it is`);
      if (at > from || to <= from) t.fail(`${file} at ${from} is nowhere`);
    }
  }
  t.ok(count > 100, `${count} mutants`);
});
