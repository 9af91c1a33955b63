import { randomUUIDv7 } from 'node:crypto';
import t from 'tap';
import type { Person, Server } from './server.ts';
import { startServer } from './server.ts';

interface People {
  one: Person;
  two: Person;
  anonymous: Person;
  agent: Person;
  peer: Person;
  admin: Person;
}

async function people(server: Server): Promise<People> {
  return {
    one: await server.hostUser('one'),
    two: await server.hostUser('two'),
    anonymous: await server.visitor(),
    agent: await server.member('agent', 'ann'),
    peer: await server.member('peer', 'pat'),
    admin: await server.admin(),
  };
}

const begin = (who: Person, userId: string) => who.post('conversations', { kind: 'direct', userId });

interface Case {
  name: string;
  from: keyof People;
  to: keyof People | 'unknown';
  everybody: number;
  team: number;
  nobody: number;
}

const cases: Case[] = [
  { name: 'a user to a user', from: 'one', to: 'two', everybody: 201, team: 404, nobody: 403 },
  { name: 'a user to the team', from: 'one', to: 'agent', everybody: 201, team: 201, nobody: 403 },
  { name: 'a user to a peer', from: 'one', to: 'peer', everybody: 201, team: 201, nobody: 403 },
  { name: 'an agent to a user', from: 'agent', to: 'two', everybody: 201, team: 201, nobody: 403 },
  { name: 'an agent to an admin', from: 'agent', to: 'admin', everybody: 201, team: 201, nobody: 403 },
  { name: 'the anonymous to the team', from: 'anonymous', to: 'agent', everybody: 403, team: 403, nobody: 403 },
  { name: 'the anonymous to a user', from: 'anonymous', to: 'one', everybody: 403, team: 403, nobody: 403 },
  { name: 'the anonymous to nobody known', from: 'anonymous', to: 'unknown', everybody: 403, team: 403, nobody: 403 },
  { name: 'a user to nobody known', from: 'one', to: 'unknown', everybody: 404, team: 404, nobody: 403 },
  { name: 'a user to the anonymous', from: 'one', to: 'anonymous', everybody: 404, team: 404, nobody: 403 },
  { name: 'to oneself', from: 'one', to: 'one', everybody: 400, team: 400, nobody: 400 },
];

for (const direct of ['everybody', 'team', 'nobody'] as const) {
  t.test(`PARLEY_DIRECT=${direct}`, async (t) => {
    const server = await startServer(t, { direct });
    const all = await people(server);
    for (const one of cases) {
      const userId = one.to === 'unknown' ? randomUUIDv7() : all[one.to].id;
      const answer = await begin(all[one.from], userId);
      t.equal(answer.status, one[direct], `${one.name}: ${JSON.stringify(answer.body).slice(0, 200)}`);
      const sent = await all[one.from].post('messages', { to: { userId }, message: { content: 'Hello' } });
      t.equal(sent.status, one[direct], `${one.name}, by \`to\``);
      const line = await all[one.from].connect();
      const asked = await line.call({ type: 'message.send', to: { userId }, message: { content: 'Hello' } });
      t.equal(asked.type === 'ok', one[direct] === 201, `${one.name}, on a socket`);
      if (answer.status !== 404) continue;
      const unknown = await begin(all[one.from], randomUUIDv7());
      t.same(answer.body, unknown.body, `${one.name}: as of one who does not exist`);
      t.equal(sent.body.code, 'NOT_FOUND');
    }
  });
}

t.test('an unknown userExternalId is answered as an unknown user; the pair is one, whoever begins it', async (t) => {
  const server = await startServer(t, { direct: 'everybody' });
  const { one, two } = await people(server);
  t.match(await one.post('conversations', { kind: 'direct', userExternalId: 'nobody' }), {
    status: 404,
    body: { code: 'NOT_FOUND' },
  });
  t.match(await one.post('messages', { to: { userExternalId: 'nobody' }, message: { content: 'x' } }), { status: 404 });
  const answers = await Promise.all([
    begin(one, two.id),
    begin(two, one.id),
    one.post('conversations', { kind: 'direct', userExternalId: 'two' }),
  ]);
  t.equal(new Set(answers.map(({ body }) => body.id)).size, 1, 'at the same moment');
  t.same(answers.map(({ status }) => status).sort(), [200, 200, 201], 'find or make');
  t.same(
    answers[0]?.body.participants.map(({ user }: { user: { id: string } }) => user.id).sort(),
    [one.id, two.id].sort(),
  );
  t.match(await one.post('conversations', { kind: 'direct', userId: two.id, userExternalId: 'two' }), { status: 400 });
  t.match(await one.post('conversations', { kind: 'direct' }), { status: 400 });
});

t.test('what was begun goes on though the policy is another now', async (t) => {
  const server = await startServer(t, { direct: 'team' });
  const { one, agent } = await people(server);
  const { body } = await begin(agent, one.id);
  await (await server.admin()).patch(`users/${agent.id}`, { role: 'user' });
  t.equal((await one.post(`conversations/${body.id}/messages`, { content: 'x' })).status, 201);
  t.match(await begin(one, agent.id), { status: 200, body: { id: body.id } }, 'found');
});
