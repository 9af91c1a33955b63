/** The tables of `conversation-tables.ts`, asked of a running server: every cell, by every door. */
import t, { type Test } from 'tap';
import { askHttp, askLine } from './ask.ts';
import { type Cast, castFor } from './cast.ts';
import { KEY_SCOPES, keys, people } from './conversation-tables.ts';
import { type Judged, judgeFor } from './judge.ts';
import { operations, pathOf } from './operations.ts';
import { columns } from './scenes.ts';

const KINDS = ['support', 'side', 'direct', 'room'] as const;

function check(t: Test, { outcomes, untouched, alike }: Judged, expected: object, what: string): void {
  t.same(outcomes, expected, what);
  t.ok(untouched, `${what}: what is refused changes nothing`);
  t.ok(alike, `${what}: what may not be known is told like what is not there`);
}

t.test('conversations', async (t) => {
  const cast = await castFor(t);
  const { row, lineOf } = judgeFor(cast);
  const askBy = (
    route: string,
    token: string,
    { path = '', body = undefined as unknown },
    place: Parameters<typeof pathOf>[1],
  ) => askHttp(cast.app.url, token, route.split(' ')[0] ?? '', pathOf(route, place, path), body);

  for (const kind of KINDS) {
    t.test(`${kind}: people`, async (t) => {
      const { columns: names, rows } = people[kind];
      t.same([...rows.keys()], Object.keys(operations), 'every operation has a row');
      for (const [name, operation] of Object.entries(operations)) {
        const expected = rows.get(name) ?? {};
        const cells = names.map((column) => ({ column, expected: expected[column] ?? '' }));
        for (const [route, make] of Object.entries(operation.http ?? {})) {
          const judged = await row(kind, operation, cells, (place, column) =>
            askBy(route, cast.people[columns[column]?.who ?? 'visitor'].token, make(place), place),
          );
          check(t, judged, expected, `${name}, by ${route}`);
        }
        for (const [type, make] of Object.entries(operation.line ?? {})) {
          const judged = await row(kind, operation, cells, async (place, column) => {
            // They come no further than hello, as `callers.test.ts` shows.
            if (column === 'blocked') return null;
            return askLine(await lineOf(column), { type, conversationId: place.scene.id, ...make(place) });
          });
          check(t, judged, expected, `${name}, by ${type}`);
        }
      }
    });

    t.test(`${kind}: API keys`, async (t) => {
      t.same([...keys.rows.keys()], Object.keys(operations), 'every operation has a row');
      for (const [name, operation] of Object.entries(operations)) {
        const said = keys.rows.get(name)?.[kind] ?? '';
        if (said === '-') continue;
        const outcomes = said.split('/');
        const cells = KEY_SCOPES.map((column, index) => ({
          column: column as string,
          expected: outcomes[index] ?? '',
        }));
        cells.push({ column: 'users', expected: '403' });
        const expected = Object.fromEntries(cells.map((cell) => [cell.column, cell.expected]));
        for (const [route, make] of Object.entries(operation.http ?? {})) {
          const judged = await row(kind, operation, cells, (place, column) =>
            askBy(route, cast.keys[column as keyof Cast['keys']], make(place), place),
          );
          check(t, judged, expected, `${name}, by ${route}`);
        }
      }
    });
  }

  t.test('who asked for all of it in vain has heard nothing of it', async (t) => {
    for (const column of ['visitor', 'user']) t.same(await (await lineOf(column)).rest(), [], column);
  });
});
