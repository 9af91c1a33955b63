/** Whoever loses access hears nothing from that moment on: every way to lose it, against every event there is. */
import t, { type Test } from 'tap';
import { type Actor, startApp } from '../helper.ts';
import { openLine, type TestLine } from '../line.ts';
import { openStream, type TestStream } from '../ws/stream.ts';
import { askHttp } from './ask.ts';
import { must } from './cast.ts';
import type { Loss } from './losses.ts';
import * as losses from './losses.ts';
import { operations, pathOf } from './operations.ts';
import { customerStage, directStage, happen, roomStage, type Stage, supportStage, typesOf } from './stages.ts';

/** Events that tell of no conversation. */
const OF_NONE = ['inbox.counts', 'me.updated'];

/** Everything told so far has arrived: what users do to themselves is told to all their lines, behind it. */
async function settled(who: Actor, line: TestLine, stream: TestStream): Promise<void> {
  must(await who.request('PATCH', 'me', { fields: {} }));
  await Promise.all([line.event('me.updated'), stream.event('me.updated')]);
}

t.test('losses', async (t) => {
  let now = Date.now();
  const app = await startApp(t, { direct: 'everybody', presenceGraceMs: 0 }, { now: () => now });
  const [admin, host] = [await app.admin(), await app.key('*')];
  const tokens = await app.key('tokens');
  let last = 0;
  const name = (what: string) => `${what}${++last}`;
  const user = (): Promise<Actor> => app.hostUser(name('user'));
  /** One whom the host names, with a token for a minute or for long. */
  const member = async (role: 'agent' | 'peer', expiresIn = 86_400): Promise<Actor> => {
    const made = must(await tokens.request('POST', 'tokens', { externalId: name(role), expiresIn }));
    must(await admin.request('PATCH', `users/${made.user.id}`, { role }));
    return app.actor(made.token, { ...made.user, role });
  };

  async function lose(t: Test, way: Loss, loser: Actor, stages: Stage[], changer: Actor): Promise<void> {
    const [stage] = stages as [Stage];
    const team = ['agent', 'peer'].includes(loser.user.role);
    const line = await loser.connect({ inbox: team });
    const watched = stages.flatMap((one) => one.watched);
    const query = new URLSearchParams({
      ...(team ? { inbox: 'true' } : {}),
      ...(watched.length > 0 ? { presence: `${watched}` } : {}),
    });
    for (const { id } of stages) {
      query.append('view', id);
      t.match(await line.call({ type: 'conversation.view', conversationId: id, viewing: true }), { type: 'ok' });
    }
    await line.call({ type: 'presence.watch', userIds: watched });
    const stream = await openStream(t, app.url, loser, `?${query}`);
    await stream.event('welcome');

    await happen(stages, 0);
    for (const type of typesOf(stages)) {
      await line.event(type);
      t.ok(await stream.event(type), `${type} is heard before`);
    }
    await settled(loser, line, stream);
    const { cursor } = await line.call({ type: 'ping' });
    const heard = [line.frames.length, stream.blocks.length] as const;

    await way.end({ app, loser, stage, changer, admin, host, pass: (ms) => (now += ms) });
    // An ended token is noticed by a timer; all else in the same operation.
    if (way.code === 4002) await Promise.all([line.closed, stream.ended]);
    await happen(stages, 1);
    await told(t, way, loser, stage, line, stream, heard);
    await afterwards(t, way, loser, stage, cursor);
  }

  async function told(
    t: Test,
    way: Loss,
    loser: Actor,
    stage: Stage,
    line: TestLine,
    stream: TestStream,
    heard: readonly [number, number],
  ) {
    const last =
      way.code === null
        ? { type: 'conversation.removed', conversationId: stage.id }
        : { type: 'bye', code: way.code, retryMs: 0 };
    if (way.code === null) await settled(loser, line, stream);
    else {
      t.equal((await line.closed).code, way.code, 'the line is closed with the code that says what to do');
      await stream.ended;
    }
    const since = line.frames.slice(heard[0]).filter(({ re, type }) => re === undefined && !OF_NONE.includes(type));
    t.same(since, [last], 'the line is told that it is over, and nothing else');
    const events = stream.blocks
      .slice(heard[1])
      .flatMap(({ event }) => (event === undefined || OF_NONE.includes(event.type) ? [] : [event]));
    t.same(events, [last], 'so is the stream');
    stream.close();
  }

  async function afterwards(t: Test, way: Loss, loser: Actor, stage: Stage, cursor: string) {
    const { id, file } = stage;
    const again = await openLine(t, app.url);
    const answer = await again.call({ type: 'hello', token: loser.token, cursor, revs: { [id]: 1 } });
    if (way.hello !== null) t.match(answer, { type: 'error', code: way.hello }, 'the old cursor brings nothing');
    else {
      t.ok(answer.removed.includes(id), 'the old cursor tells that it is gone');
      t.notOk(id in answer.synced, 'and brings nothing of it');
      t.notOk(answer.conversations.some((conversation: { id: string }) => conversation.id === id));
    }
    again.socket.close();
    const place = {
      scene: { id, messages: new Map(), file, users: [] },
      self: id,
      message: id,
      guest: id,
      agent: id,
    };
    for (const [what, { http = {}, message }] of Object.entries(operations)) {
      if (what === 'write as the system' || message !== undefined) continue;
      for (const [route, make] of Object.entries(http)) {
        const [method = ''] = route.split(' ');
        if (method === 'HEAD') continue;
        const { path = id, body } = make(place);
        const { code } = await askHttp(app.url, loser.token, method, pathOf(route, place, path), body);
        const expected = way.besides?.[what] ?? (method === 'GET' ? way.reads : way.commands);
        t.equal(code, expected, `${what}, by ${route}`);
      }
    }
  }

  for (const [what, way] of Object.entries(losses.lossesOfRoom)) {
    t.test(`in a room, ${what}`, async (t) => {
      const [loser, writer, changer, ...guests] = [
        await user(),
        await user(),
        await user(),
        await user(),
        await user(),
      ];
      await lose(t, way, loser, [await roomStage(loser, { app, writer, changer, admin }, host, guests)], changer);
    });
  }

  for (const [what, way] of Object.entries(losses.lossesOfCharge)) {
    t.test(`in charge of support, ${what}`, async (t) => {
      const [loser, changer, writer] = [await member('peer'), await member('agent'), await app.visitor()];
      const stage = await supportStage(loser, { app, writer, changer, admin }, { queue: 'agent', assignee: 'loser' });
      await lose(t, way, loser, [stage], changer);
    });
  }

  for (const [what, way] of Object.entries(losses.lossesOfQueue)) {
    t.test(`in the queue of peers, ${what}`, async (t) => {
      const [loser, changer, writer] = [await member('peer'), await member('agent'), await app.visitor()];
      const stage = await supportStage(loser, { app, writer, changer, admin }, { queue: 'peer', assignee: null });
      await lose(t, way, loser, [stage], changer);
    });
  }

  t.test('in the queue of peers, closed', async (t) => {
    const [loser, changer, writer] = [await member('peer'), await member('agent'), await app.visitor()];
    const stage = await supportStage(loser, { app, writer, changer, admin }, { queue: 'peer', assignee: null });
    const happenings = stage.happenings.filter(([type]) => type !== 'message.created');
    await lose(t, losses.closing, loser, [{ ...stage, happenings }], changer);
  });

  for (const [what, way] of Object.entries(losses.lossesOfRole)) {
    t.test(`of the team, ${what}`, async (t) => {
      const [loser, changer, writer] = [await member('agent'), await member('agent'), await app.visitor()];
      const stage = await supportStage(loser, { app, writer, changer, admin }, { queue: 'agent', assignee: 'changer' });
      await lose(t, way, loser, [stage], changer);
    });
  }

  for (const [what, way] of Object.entries(losses.lossesOfLogin)) {
    t.test(`signed in by password, ${what}`, async (t) => {
      const loser = await app.member('agent', name('member'));
      await everywhere(t, way, loser);
    });
  }

  for (const [what, way] of Object.entries(losses.lossesOfCredential)) {
    t.test(`with a token of the host's, ${what}`, async (t) => everywhere(t, way, await member('agent', 60)));
  }

  for (const [what, way] of Object.entries(losses.lossesOfVisitor)) {
    t.test(`a visitor, ${what}`, async (t) => {
      const [loser, writer] = [await app.visitor(), await app.member('agent', name('agent'))];
      const stage = await customerStage(loser, { app, writer, changer: writer, admin });
      await lose(t, way, loser, [stage], writer);
    });
  }

  /** In a room, in support and in a direct conversation at once. */
  async function everywhere(t: Test, way: Loss, loser: Actor): Promise<void> {
    const [changer, writer, customer, ...guests] = [
      await member('agent'),
      await user(),
      await app.visitor(),
      await user(),
      await user(),
    ];
    const others = { app, writer, changer, admin };
    const stages = [
      await supportStage(loser, { ...others, writer: customer }, { queue: 'agent', assignee: 'changer' }),
      await roomStage(loser, others, host, guests),
      await directStage(loser, others),
    ];
    await lose(t, way, loser, stages, changer);
  }
});
