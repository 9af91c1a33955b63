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
    messages: 7,
    volume: [
      { at: '2026-03-02T00:00:00.000Z', begun: 4, closed: 2, messages: 7, fromCustomers: 4, ...times },
      { at: '2026-03-03T00:00:00.000Z', begun: 0, closed: 0, messages: 0, fromCustomers: 0 },
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

  t.same(writtenAt(report), ['Monday 23: 4'], 'when customers write');

  t.match((await agent.request('GET', 'reports?to=2026-03-02T23:30:00.000Z')).body, { begun: 0, closed: 0, open: 2 });

  const table = await agent.request('GET', `reports?${query}&format=csv`);
  t.equal(table.headers.get('content-type'), 'text/csv; charset=utf-8');
  t.equal(table.headers.get('content-disposition'), 'attachment; filename="parley-report-2026-03-02-2026-03-04.csv"');
  t.match(table.body, /^section,name,measure,value\r\n/);
  t.match(table.body, '\r\nall,,firstResponse.medianMs,120000\r\n');
  t.match(table.body, '\r\nvolume,2026-03-02T00:00:00.000Z,messages,7\r\n');
  t.match(table.body, '\r\nweek,Monday 23:00,fromCustomers,4\r\n');
  t.match(table.body, "\r\nassignee,'=Ben,closed,2\r\n", 'a name is no formula');

  for (const bad of [
    'from=2026-03-03T00:00:00Z&to=2026-03-02T00:00:00Z',
    'from=2024-03-03T00:00:00Z&to=2026-03-02T00:00:00Z',
    'by=hour&from=2026-01-01T00:00:00Z&to=2026-03-02T00:00:00Z',
    'timeZone=Europe/Atlantis',
  ]) {
    t.equal((await agent.request('GET', `reports?${bad}`)).body.code, 'VALIDATION', bad);
  }
  for (const other of [made[0]?.customer as Actor, await app.member('peer', 'Pia')]) {
    t.equal((await other.request('GET', 'reports')).status, 403);
  }
});

t.test('messages by hour and day, by the clock of a place, over a change of it', async (t) => {
  // Lisbon's clock is an hour ahead of UTC until 2026-10-25T01:00Z: one o'clock comes twice, the day has 25 hours.
  let time = Date.parse('2026-10-24T22:59:00Z');
  const app = await startApp(t, {}, { now: () => time });
  const customer = await app.visitor();
  const host = await app.key('conversations');
  await app.member('agent', 'Ben');
  const first = await customer.request('POST', 'messages', { to: 'support', message: { content: 'On the 24th' } });
  const id: string = first.body.conversationId;
  const say = async (at: string, who: Actor = customer) => {
    time = Date.parse(at);
    return (await who.request('POST', `conversations/${id}/messages`, { content: 'Said' })).body;
  };
  await say('2026-10-24T23:00:00Z');
  await say('2026-10-25T00:30:00Z');
  time = Date.parse('2026-10-25T01:30:00Z');
  // A session's token has ended by now.
  const { body: session } = await app.request('POST', 'auth/login', {
    email: 'Ben@example.com',
    password: 'correct horse battery',
  });
  const agent = app.actor(session.token, session.user);
  await say('2026-10-25T01:30:00Z', agent);
  await agent.request('POST', `conversations/${id}/notes`, { content: 'A note is no message to a customer' });
  await say('2026-10-25T02:00:00Z');
  const taken = await say('2026-10-25T03:00:00Z');
  await customer.request('DELETE', `conversations/${id}/messages/${taken.id}`);
  await say('2026-10-26T00:00:00Z');

  const query = 'from=2026-10-23T23:00:00Z&to=2026-10-26T00:00:00Z&timeZone=Europe/Lisbon';
  const days = (await host.request('GET', `reports?${query}`)).body;
  t.match(
    days.volume,
    [
      { at: '2026-10-23T23:00:00.000Z', begun: 1, messages: 1, fromCustomers: 1 },
      { at: '2026-10-24T23:00:00.000Z', begun: 0, messages: 4, fromCustomers: 3 },
    ],
    'the message behind the end and the one that was deleted are not in it',
  );
  t.equal(days.volume.length, 2);
  t.same(writtenAt(days), ['Saturday 23: 1', 'Sunday 0: 1', 'Sunday 1: 1', 'Sunday 2: 1']);

  const hours = (await host.request('GET', `reports?${query}&by=hour`)).body;
  t.same(
    hours.volume.filter((one: Body) => one.messages > 0).map((one: Body) => [one.at, one.messages]),
    [
      ['2026-10-24T22:00:00.000Z', 1],
      ['2026-10-24T23:00:00.000Z', 1],
      ['2026-10-25T00:00:00.000Z', 2],
      ['2026-10-25T02:00:00.000Z', 1],
    ],
    'the hour that comes twice is one',
  );
  t.equal(hours.volume.length, 48, 'of 49');
  t.equal(hours.messages, 5);

  const half = (await host.request('GET', `reports?${query.replace('Europe/Lisbon', 'Asia/Kolkata')}&by=hour`)).body;
  t.equal(half.volume[0].at, '2026-10-23T22:30:00.000Z', 'hours of a place half an hour ahead');
  t.equal((await host.request('GET', `reports?${query.replace('Europe/Lisbon', 'Lisbon')}`)).status, 400);
});

const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

/** When customers wrote: `Monday 23: 4`. */
function writtenAt({ week }: Body): string[] {
  return week.flatMap((day: number[], weekday: number) =>
    day.flatMap((count, hour) => (count === 0 ? [] : [`${WEEKDAYS[weekday]} ${hour}: ${count}`])),
  );
}

t.test('cells of a table: quoted where they must be, and never a formula', async (t) => {
  t.equal(csv([['a', 1.5, null, '']]), 'a,1.5,,\r\n');
  t.equal(csv([['a,b', 'say "hi"', 'two\nlines']]), '"a,b","say ""hi""","two\nlines"\r\n');
  for (const start of ['=', '+', '-', '@', '\t', '\r']) {
    t.match(csv([[`${start}cmd`]]), /^"?'/, JSON.stringify(start));
  }
});
