/** The wall clock is set back and forth under the running server: only what people are told as times follows it. */
import t from 'tap';
import { type Actor, type Body, startApp, type TestApp } from '../helper.ts';
import { differences, freshState } from './fresh-state.ts';
import { RawClient } from './raw-client.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NOON = Date.UTC(2026, 10, 20, 12);

/** A wall clock that runs, and that can be set. */
function wallClock() {
  let ahead = NOON - performance.timeOrigin;
  return {
    now: () => Math.floor(performance.timeOrigin + performance.now() + ahead),
    move: (ms: number) => {
      ahead += ms;
    },
  };
}

async function must(answer: Promise<{ status: number; body: Body }>): Promise<Body> {
  const { status, body } = await answer;
  if (status >= 300) throw new Error(`${status} ${JSON.stringify(body)}`);
  return body;
}

const write = (actor: Actor, conversationId: string, content: string) =>
  must(actor.request('POST', `conversations/${conversationId}/messages`, { content }));

const steps = { 'an hour back': -HOUR, 'two days back': -2 * DAY, 'an hour on': HOUR, 'on and back again': 0 };

for (const [name, step] of Object.entries(steps)) {
  t.test(name, async (t) => {
    const clock = wallClock();
    const move = () => {
      if (step !== 0) clock.move(step);
      else {
        clock.move(DAY);
        return () => clock.move(-DAY);
      }
      return () => {};
    };
    const app = await startApp(t, { direct: 'everybody' }, { now: clock.now });
    const named = (name: string) => app.hostUser(name, { expiresIn: (7 * DAY) / 1000 });
    const [una, ulf, eve] = [await named('una'), await named('ulf'), await named('eve')];
    const begin = (to: Actor) =>
      must(una.request('POST', 'messages', { to: { userId: to.user.id }, message: { content: '1' } }));
    const { conversationId } = await begin(ulf);
    const other = (await begin(eve)).conversationId;
    const away = new RawClient(app.url, ulf);
    await away.connect();
    await away.open(conversationId);
    await away.settle();
    away.cut();
    const here = new RawClient(app.url, ulf);
    await here.connect();
    await here.open(conversationId);

    await write(una, conversationId, '2');
    const moveAgain = move();
    await write(una, other, '2');
    await write(una, conversationId, '3');
    moveAgain();
    const last = await write(una, conversationId, '4');

    await t.test('order is that of what happened', async (t) => {
      const { items } = await must(ulf.request('GET', `conversations/${conversationId}/messages`));
      t.same(
        items.map(({ content, seq }: Body) => [content, seq]),
        ['1', '2', '3', '4'].map((text, at) => [text, at + 1]),
      );
      const times = items.map(({ createdAt }: Body) => createdAt);
      t.same(times, times.toSorted(), 'and times do not contradict it');
      const list = await must(una.request('GET', 'conversations'));
      t.same(
        list.items.map(({ id }: Body) => id),
        [conversationId, other],
        'newest activity first',
      );
      const positions = list.items.map(({ activity }: Body) => activity);
      t.ok(positions[0] > positions[1]);
    });

    await t.test('unread and marks', async (t) => {
      t.same(await must(ulf.request('GET', 'unread')), {
        total: 4,
        conversations: [{ id: conversationId, unread: 4 }],
      });
      t.same(await must(ulf.request('POST', `conversations/${conversationId}/read`, { seq: 3 })), {
        readSeq: 3,
        unread: 1,
      });
      t.same(await must(ulf.request('POST', `conversations/${conversationId}/read`, { seq: 2 })), {
        readSeq: 3,
        unread: 1,
      });
    });

    await t.test('who was there, and who comes back with a cursor of before, have everything', async (t) => {
      await away.connect();
      for (const client of [here, away]) {
        await client.settle();
        t.same(differences(client, await freshState(ulf), { live: client === here }), []);
        client.cut();
      }
      const { conversations, reset } = await must(ulf.request('GET', `changes?cursor=${away.cursor}`));
      t.same([conversations, reset], [[], false], 'a cursor of now is not ahead of the clock');
    });

    await t.test('a retry is one, an edit and a deletion are done', async (t) => {
      const path = `conversations/${conversationId}/messages`;
      const again = await una.request('POST', path, { id: last.id, content: '4' });
      t.match(again, { status: 200, body: { seq: 4 } });
      t.match(await una.request('PATCH', `${path}/${last.id}`, { content: 'four' }), {
        status: 200,
        body: { content: 'four' },
      });
      t.match(await una.request('DELETE', `${path}/${last.id}`), { status: 200, body: { content: null } });
    });
  });
}

/** Sends until it is refused, then whenever it is said to be time again; gives how many went through. */
async function sendFor(actor: Actor, sends: number): Promise<{ sent: number; refused: number }> {
  let [sent, refused] = [0, 0];
  const until = performance.now() + 5_000;
  while (sent < sends && performance.now() < until) {
    const { status, body } = await actor.request('POST', 'messages', { to: 'support', message: { content: 'x' } });
    if (status === 201) sent += 1;
    else {
      refused += 1;
      await new Promise((resolve) => setTimeout(resolve, Math.min(body.retryMs, 200)));
    }
  }
  return { sent, refused };
}

async function limited(
  t: Parameters<typeof startApp>[0],
): Promise<{ app: TestApp; clock: ReturnType<typeof wallClock> }> {
  const clock = wallClock();
  const app = await startApp(t, { visitorSendRate: 5, visitorSendBurst: 3 }, { now: clock.now });
  return { app, clock };
}

t.test('who has sent too much may send again when it was said, though the clock was set back', async (t) => {
  const { app, clock } = await limited(t);
  const visitor = await app.visitor();
  t.equal((await sendFor(visitor, 5)).sent, 5);
  clock.move(-HOUR);
  const { sent, refused } = await sendFor(visitor, 10);
  t.equal(sent, 10);
  t.ok(refused > 0, 'and the limit still holds');
});

t.test('a clock that is set on gives nobody more than they have', async (t) => {
  const { app, clock } = await limited(t);
  const visitor = await app.visitor();
  const atOnce = async () => {
    const sends = Array.from({ length: 12 }, () =>
      visitor.request('POST', 'messages', { to: 'support', message: { content: 'x' } }),
    );
    return (await Promise.all(sends)).filter(({ status }) => status === 201).length;
  };
  t.ok((await atOnce()) < 9);
  clock.move(HOUR);
  t.ok((await atOnce()) < 9);
});

t.test('tokens end by the wall clock, and not before', async (t) => {
  const clock = wallClock();
  const app = await startApp(t, {}, { now: clock.now });
  const [agent, visitor] = [await app.member('agent', 'ann'), await app.visitor()];
  const minted = await app.hostUser('una', { expiresIn: 3_600 });
  const me = async (actor: Actor) => {
    const { status, body } = await actor.request('GET', 'me');
    return status === 200 ? 'good' : body.code;
  };
  const all = async () => ({ login: await me(agent), minted: await me(minted), visitor: await me(visitor) });
  const good = { login: 'good', minted: 'good', visitor: 'good' };
  t.same(await all(), good);
  clock.move(-HOUR);
  t.same(await all(), good, 'an hour back');
  clock.move(HOUR + 14 * MINUTE);
  t.same(await all(), good, 'after 14 minutes');
  clock.move(2 * MINUTE);
  t.same(await all(), { ...good, login: 'TOKEN_EXPIRED' }, 'after 16');
  clock.move(HOUR);
  t.same(await all(), { ...good, login: 'TOKEN_EXPIRED', minted: 'TOKEN_EXPIRED' }, 'after more than an hour');
  clock.move(-HOUR - 16 * MINUTE);
  t.same(await all(), good, 'and set back, they are good again');
  clock.move(181 * DAY);
  t.equal(await me(visitor), 'TOKEN_EXPIRED', 'a visitor who was away for half a year');
});

t.test('a line whose token has ended by the wall clock is ended', async (t) => {
  const clock = wallClock();
  const app = await startApp(t, {}, { now: clock.now });
  const line = await (await app.member('agent', 'ann')).connect();
  clock.move(-HOUR);
  t.equal((await line.call({ type: 'ping' })).type, 'ok');
  clock.move(2 * HOUR);
  t.equal((await line.closed).code, 4002);
});
