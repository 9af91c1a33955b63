import t from 'tap';
import { csv } from '../../src/http/csv.ts';
import { type Actor, type Body, startApp } from '../helper.ts';

const START = Date.parse('2026-03-02T23:30:00.000Z');
const MINUTE = 60_000;

t.test('a period in numbers, for the team alone', async (t) => {
  let time = START;
  const app = await startApp(t, {}, { now: () => time });
  const agent = await app.member('agent', '=Ben');
  const begin = async (): Promise<{ customer: Actor; id: string }> => {
    const customer = await app.visitor();
    const sent = await customer.request('POST', 'messages', { to: 'support', message: { content: 'Hello?' } });
    return { customer, id: sent.body.conversationId };
  };
  const answer = (id: string) => agent.request('POST', `conversations/${id}/messages`, { content: 'Yes?' });
  const close = (id: string) => agent.request('PATCH', `conversations/${id}`, { status: 'closed' });

  const made = [await begin(), await begin(), await begin(), await begin()];
  const ids = made.map(({ id }) => id) as [string, string, string, string];
  // Answered after 1, 2 and 4 minutes; closed after 3 and 8; nobody answers the last.
  time += MINUTE;
  await answer(ids[0]);
  time += MINUTE;
  await answer(ids[1]);
  time += MINUTE;
  await close(ids[0]);
  time += MINUTE;
  await answer(ids[2]);
  time += 4 * MINUTE;
  await close(ids[1]);

  const query = 'from=2026-03-02T00:00:00Z&to=2026-03-04T00:00:00Z';
  const { body: report } = await agent.request('GET', `reports?${query}`);
  const times = { firstResponse: { count: 3, medianMs: 2 * MINUTE, p90Ms: 4 * MINUTE } };
  t.match(report, {
    ...times,
    begun: 4,
    closed: 2,
    volume: [
      { at: '2026-03-02T00:00:00.000Z', begun: 4, closed: 2 },
      { at: '2026-03-03T00:00:00.000Z', begun: 0, closed: 0 },
    ],
    resolution: { count: 2, medianMs: 3 * MINUTE, p90Ms: 8 * MINUTE },
    open: 2,
    waiting: 1,
    byAssignee: [
      { user: { name: '=Ben' }, begun: 3, closed: 2, open: 1, ...times, rating: null },
      { user: null, begun: 1, closed: 0, open: 1, firstResponse: { count: 0, medianMs: null, p90Ms: null } },
    ],
    ratings: { count: 0, average: null, byScore: [] },
    bots: { answered: 0, contained: 0 },
  });
  t.equal(report.volume.length, 2);

  const { body: shifted } = await agent.request('GET', `reports?${query}&by=hour&offset=30`);
  t.same(
    shifted.volume.filter((one: Body) => one.begun + one.closed > 0),
    [{ at: '2026-03-02T23:30:00.000Z', begun: 4, closed: 2 }],
    'hours of a place half an hour ahead',
  );
  t.match((await agent.request('GET', 'reports?to=2026-03-02T23:30:00.000Z')).body, { begun: 0, closed: 0, open: 2 });

  const table = await agent.request('GET', `reports?${query}&format=csv`);
  t.equal(table.headers.get('content-type'), 'text/csv; charset=utf-8');
  t.equal(table.headers.get('content-disposition'), 'attachment; filename="parley-report-2026-03-02-2026-03-04.csv"');
  t.match(table.body, /^section,name,measure,value\r\n/);
  t.match(table.body, '\r\nall,,firstResponse.medianMs,120000\r\n');
  t.match(table.body, "\r\nassignee,'=Ben,closed,2\r\n", 'a name is no formula');

  for (const bad of [
    'from=2026-03-03T00:00:00Z&to=2026-03-02T00:00:00Z',
    'from=2024-03-03T00:00:00Z&to=2026-03-02T00:00:00Z',
    'by=hour&from=2026-01-01T00:00:00Z&to=2026-03-02T00:00:00Z',
    'offset=1441',
  ]) {
    t.equal((await agent.request('GET', `reports?${bad}`)).body.code, 'VALIDATION', bad);
  }
  for (const other of [made[0]?.customer as Actor, await app.member('peer', 'Pia')]) {
    t.equal((await other.request('GET', 'reports')).status, 403);
  }
});

t.test('cells of a table: quoted where they must be, and never a formula', async (t) => {
  t.equal(csv([['a', 1.5, null, '']]), 'a,1.5,,\r\n');
  t.equal(csv([['a,b', 'say "hi"', 'two\nlines']]), '"a,b","say ""hi""","two\nlines"\r\n');
  for (const start of ['=', '+', '-', '@', '\t', '\r']) {
    t.match(csv([[`${start}cmd`]]), /^"?'/, JSON.stringify(start));
  }
});
