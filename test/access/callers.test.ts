/** The table of `caller-table.ts`, asked of a running server: every cell, by every door. */
import t from 'tap';
import type { Actor } from '../helper.ts';
import { openLine, type TestLine } from '../line.ts';
import { type Asked, askHttp, askLine } from './ask.ts';
import { type Asking, type Call, type CallerOperation, callerOperations } from './caller-operations.ts';
import { callers } from './caller-table.ts';
import { type Cast, castFor, must, SCOPES } from './cast.ts';

/** The people's columns: who each of them is. */
const WHO = {
  visitor: 'visitor',
  user: 'user',
  blocked: 'barred',
  peer: 'peer',
  agent: 'agent',
  admin: 'admin',
  bot: 'bot',
} as const;
type Column = keyof typeof WHO;

function pathOf(route: string, { id = '', deliveryId = '', query = '' }: Call): string {
  const path = route.slice(route.indexOf(' ') + 1);
  return `${path.replace(':id', id).replace(':deliveryId', deliveryId)}${query}`;
}

/** Another credential of the same user: what is asked with it may end it. */
async function anotherOf(cast: Cast, actor: Actor, column: Column): Promise<string> {
  if (column === 'visitor') return (await cast.app.visitor()).token;
  const login = { email: 'admin@example.com', password: 'correct horse battery' };
  if (column === 'admin') return must(await cast.app.request('POST', 'auth/login', login)).token;
  const { externalId } = actor.user;
  return must(await cast.app.request('POST', 'tokens', { externalId }, cast.keys.tokens)).token;
}

async function asking(cast: Cast): Promise<Asking> {
  const { items } = must(await cast.people.guest.request('GET', 'me/sessions'));
  return { cast, session: items[0].id };
}

type Cell = { column: string; expected: string; ask: () => Promise<Asked> };

/** What is to be refused comes first, and changes nothing. */
async function outcomes(cast: Cast, cells: readonly Cell[]) {
  const found: Record<string, string> = {};
  const run = async (some: readonly Cell[]) => {
    for (const { column, ask } of some) found[column] = (await ask()).outcome;
  };
  const before = await cast.kept();
  await run(cells.filter(({ expected }) => expected !== 'ok'));
  const untouched = (await cast.kept()) === before;
  await run(cells.filter(({ expected }) => expected === 'ok'));
  return { found, untouched };
}

t.test('callers', async (t) => {
  const cast = await castFor(t);
  const { people, app, keys, nobodies } = cast;
  must(await people.admin.request('POST', `users/${people.barred.user.id}/block`));
  const given = await asking(cast);

  t.test('people', async (t) => {
    const lines = new Map<Column, TestLine>();
    for (const column of Object.keys(WHO) as Column[]) {
      if (column !== 'blocked') lines.set(column, await people[WHO[column]].connect());
    }
    t.same([...callers.rows.keys()], Object.keys(callerOperations), 'every operation has a row');
    for (const [name, operation] of Object.entries<CallerOperation>(callerOperations)) {
      const { keys: _, ...expected } = callers.rows.get(name) ?? {};
      const columns = Object.entries(expected) as [Column, string][];
      for (const [route, make] of Object.entries(operation.http ?? {})) {
        const { found, untouched } = await outcomes(
          cast,
          await Promise.all(
            columns.map(async ([column, said]) => {
              const actor = people[WHO[column]];
              const token = operation.endsSession ? await anotherOf(cast, actor, column) : actor.token;
              const call = await make(given);
              const ask = () => askHttp(app.url, token, route.split(' ')[0] ?? '', pathOf(route, call), call.body);
              return { column, expected: said, ask };
            }),
          ),
        );
        t.same(found, expected, `${name}, by ${route}`);
        t.ok(untouched, `${name}, by ${route}: what is refused changes nothing`);
      }
      for (const [type, make] of Object.entries(operation.line ?? {})) {
        const cells = columns.flatMap(([column, said]): Cell[] => {
          const line = lines.get(column);
          return line === undefined
            ? []
            : [{ column, expected: said, ask: () => askLine(line, { type, ...make(given) }) }];
        });
        const { blocked: _, ...others } = expected;
        const { found, untouched } = await outcomes(cast, cells);
        t.same(found, others, `${name}, by ${type}`);
        t.ok(untouched, `${name}, by ${type}: what is refused changes nothing`);
      }
    }
  });

  t.test('API keys', async (t) => {
    for (const [name, operation] of Object.entries<CallerOperation>(callerOperations)) {
      const said = callers.rows.get(name)?.keys?.split('/') ?? [];
      const expected = Object.fromEntries(
        SCOPES.map((scope, index) => [scope, said.length > 1 ? said[index] : said[0]]),
      );
      for (const [route, make] of Object.entries(operation.http ?? {})) {
        const once = await make(given);
        const calls = new Map<string, typeof once>();
        for (const column of SCOPES) calls.set(column, operation.spends ? await make(given) : once);
        const cells = SCOPES.map((column) => ({
          column,
          expected: expected[column] ?? '',
          ask: () => {
            const call = calls.get(column) ?? once;
            return askHttp(cast.app.url, cast.keys[column], route.split(' ')[0] ?? '', pathOf(route, call), call.body);
          },
        }));
        const { found, untouched } = await outcomes(cast, cells);
        t.same(found, expected, `${name}, by ${route}`);
        t.ok(untouched, `${name}, by ${route}: what is refused changes nothing`);
      }
    }
  });

  t.test('hello', async (t) => {
    const line = await openLine(t, app.url);
    const hello = async (token: string | undefined) => (await askLine(line, { type: 'hello', token })).code;
    t.equal(await hello(people.barred.token), 'BLOCKED');
    for (const scope of SCOPES) t.equal(await hello(keys[scope]), 'FORBIDDEN', `an API key for ${scope}`);
    for (const [what, token, code] of nobodies) t.equal(await hello(token), code, what);
    t.equal(await hello(people.visitor.token), null, 'and the line is still good for who may');
  });
});
