/** Ids that do not belong together: each is good in its own conversation, and together they are ids of nothing. */
import { randomUUIDv7 } from 'node:crypto';
import t from 'tap';
import { askHttp, askLine } from './ask.ts';
import { castFor, must } from './cast.ts';
import { operations, pathOf } from './operations.ts';
import { sceneMaker } from './scenes.ts';

t.test('ids', async (t) => {
  const cast = await castFor(t);
  const { people, app, kept } = cast;
  const makeScene = sceneMaker(cast);

  t.test('a message is found in its own conversation alone', async (t) => {
    const [support, side, direct, room] = await Promise.all([
      makeScene('support', { who: 'customer' }),
      makeScene('side', { who: 'agent' }),
      makeScene('direct', { who: 'agentIn' }),
      makeScene('room', { who: 'agentIn' }),
    ]);
    const scenes = { support, side, direct, room };
    // They may read all four; the message is somebody's there.
    const { agentIn } = people;
    const line = await agentIn.connect();
    const before = await kept();
    const pairs = Object.entries(scenes).flatMap(([where, scene]) =>
      Object.entries(scenes).flatMap(([whose, other]) => {
        const [message = ''] = other.messages.values();
        return scene === other ? [] : [{ where, whose, place: { scene, self: '', message, guest: '', agent: '' } }];
      }),
    );
    let asked = 0;
    for (const { where, whose, place } of pairs) {
      for (const [name, { message: about, http: routes = {}, line: frames = {} }] of Object.entries(operations)) {
        if (about === undefined) continue;
        for (const [route, make] of Object.entries(routes)) {
          const [method = ''] = route.split(' ');
          const { outcome } = await askHttp(app.url, agentIn.token, method, pathOf(route, place), make(place).body);
          asked += 1;
          if (outcome !== '404') t.fail(`${name} of ${whose} in ${where}, by ${route}: ${outcome}`);
        }
        for (const [type, make] of Object.entries(frames)) {
          const { outcome } = await askLine(line, { type, conversationId: place.scene.id, ...make(place) });
          asked += 1;
          if (outcome !== '404') t.fail(`${name} of ${whose} in ${where}, by ${type}: ${outcome}`);
        }
      }
    }
    t.ok(asked > 100, `${asked} ways to mix them up`);
    t.equal(await kept(), before);
  });

  t.test("another's message id is an id like any other, and tells nothing of that message", async (t) => {
    const theirs = await makeScene('support', { who: 'customer' });
    const [id] = [...theirs.messages.values()];
    const own = must(await people.visitor.request('POST', 'conversations', { kind: 'support' }));
    const sent = await people.visitor.request('POST', `conversations/${own.id}/messages`, { id, content: 'mine' });
    t.match(sent, { status: 201, body: { id, seq: 1, content: 'mine', conversationId: own.id } });
    const byTo = await people.guest.request('POST', 'messages', {
      to: 'support',
      message: { id, content: 'mine too' },
    });
    t.match(byTo, { status: 201, body: { id, content: 'mine too' } });
  });

  t.test('who is in another room is not taken out of this one', async (t) => {
    const [room, other] = await Promise.all([
      makeScene('room', { who: 'moderator' }),
      makeScene('room', { who: 'moderator' }),
    ]);
    must(
      await people.moderator.request('POST', `conversations/${other.id}/participants`, {
        userId: people.guest.user.id,
      }),
    );
    const before = await kept();
    const taken = (user: string) =>
      askHttp(app.url, people.moderator.token, 'DELETE', `/v1/conversations/${room.id}/participants/${user}`);
    const answers = await Promise.all([people.guest.user.id, people.customer.user.id, randomUUIDv7()].map(taken));
    t.same(
      answers.map(({ outcome }) => outcome),
      ['404', '404', '404'],
    );
    t.equal(new Set(answers.map(({ text }) => text)).size, 1);
    t.equal(await kept(), before);
  });
});
