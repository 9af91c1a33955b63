/** The words of messages in PostgreSQL: made once of what is there, kept by what a batch writes, gone with the message. */
import t from 'tap';
import { connect } from '../../../src/db/postgres/connect.ts';
import { openPostgres } from '../../../src/db/postgres/open.ts';
import { type Searched, searchWrites } from '../../../src/db/postgres/search-index.ts';
import { noPostgres, queried, startPostgres } from './server.ts';

t.setTimeout(120_000);
const postgres = noPostgres ? null : await startPostgres(t);

const ROWS = [
  `insert into users (id, uuid, role, anonymous, name, fields, created_at) values (1, 'u', 'user', false, 'Ann', '{}', 0)`,
  `insert into authors (id, "user", role, name) values (1, 1, 'user', 'Ann')`,
  `insert into conversations (id, uuid, kind, parent, status, seq, rev, reset_rev, position, activity, last_uncounted,
    participant_count, team_read_seq, bot_after_read, context, created_at)
   select id, 'c' || id, kind, parent, 'open', 9, 1, 0, 1, 1, 0, 0, 0, 0, '{}', 0
   from (values (11, 'support', null), (12, 'side', 11), (13, 'room', null)) as one (id, kind, parent)`,
  `insert into messages (id, uuid, conversation, seq, rev, kind, author, ai, content, state, changed, created_at)
   select n, 'm' || n, 11 + n % 3, n, n, 'text', 1, false,
     case when n % 50 = 0 then null else 'Wort' || n || ' für ALLE' end, case when n % 50 = 1 then 'streaming' end, false, 0
   from generate_series(1, 5000) n`,
];

t.test('what is there is indexed once, whatever cut it off, and kept from then on', { skip: noPostgres }, async (t) => {
  const url = (await postgres?.database()) ?? '';
  const options = { url, newEpoch: () => 'e', now: () => 0, onError: t.error };
  await (await openPostgres(options)).close();
  const found = (query: string) =>
    queried(url, async (client) => {
      const { rows } = await client.query('select id from search where words @@ $1::tsquery order by id', [query]);
      return rows.map(({ id }) => Number(id));
    });
  await queried(url, async (client) => {
    for (const text of ROWS) await client.query(text);
    await client.query('update meta set search_version = 7');
  });
  const cut = new Error('cut off');
  const log = () => {
    throw cut;
  };
  await t.rejects(openPostgres({ ...options, log }), cut);
  t.equal((await found("'alle'")).length, 1920, 'a step');
  const steps: unknown[] = [];
  const store = await openPostgres({ ...options, log: (_, details) => steps.push(details) });
  t.same(steps, [{ messages: 2000 }, { messages: 3000 }], 'and the rest');
  t.equal((await found("'alle'")).length, 4800, 'but for what is deleted and what is being written');
  t.same(await found("'wort12'"), [12]);
  t.same((await found("'wort123':*")).length, 11);
  t.same(
    [(await found("'#s'")).length, (await found("'#n'")).length, (await found("'#13'")).length].map((n) => n > 1500),
    [true, true, true],
  );
  t.equal((await found("'#s' & '#13'")).length, 0);

  const write = (messages: Searched[]) =>
    queried(url, async (client) => {
      for (const one of searchWrites(messages)) await client.query(one);
    });
  const message = { conversation: 11, state: null };
  await write([
    { ...message, id: 12, content: '' },
    { ...message, id: 51, content: "it's 東京 & (more)" },
    { ...message, id: 6000, content: '!?' },
    { ...message, id: 14, content: 'nothing yet', state: 'streaming' },
  ]);
  t.same(await found("'wort12' | 'wort14' | 'wort51'"), [], 'edited, deleted, written anew');
  t.same(await found("'it' & 's' & '東京' & 'more' & '#11'"), [51]);
  t.same(await found("'#11' & !'alle'"), [51, 6000]);
  await queried(url, (client) => client.query('delete from messages where id in (51, 13)'));
  t.same(await found("'東京' | 'wort13'"), []);

  await t.rejects(connect(url), { name: 'StartError' });
  await store.close();
  await (await openPostgres({ ...options, log })).close();
});
