import t from 'tap';
import { type CommandType, commands } from '../../src/protocol/commands.ts';
import { CODES } from '../../src/protocol/errors.ts';
import { type Body, startApp } from '../helper.ts';
import type { TestLine } from '../line.ts';
import fc from '../property.ts';

const ROUNDS = 400;
/** Frames a line: below the twenty bad ones that would close it. */
const FRAMES = 18;

const id = fc.oneof(
  fc.uuid(),
  fc.uuid().map((uuid) => uuid.toUpperCase()),
  fc.string(),
  fc.constant(null),
);
const value = fc.oneof({ depthSize: 'small' }, fc.jsonValue(), id, fc.nat(), fc.boolean());

/** Something like a command: its type, and properties that it might have, each of any kind. */
const nearly = fc.record({
  type: fc.constantFrom(...(Object.keys(commands) as CommandType[])),
  properties: fc.dictionary(
    fc.constantFrom(
      ...['conversationId', 'messageId', 'message', 'content', 'seq', 'since', 'epoch', 'on', 'viewing', 'userIds'],
      ...['to', 'ifSeq', 'token', 'cursor', 'revs', 'inbox', 'state', 'context', 'text', 'constructor', 'toString'],
    ),
    fc.oneof(value, fc.record({ content: fc.string(), id }, { requiredKeys: [] })),
  ),
});

t.test('whatever is sent is answered once, and the server lives', async (t) => {
  const failures: unknown[] = [];
  const note = (error: unknown) => failures.push(error);
  process.on('unhandledRejection', note);
  t.teardown(() => process.off('unhandledRejection', note));
  const app = await startApp(t);
  const people = [await app.visitor(), await app.admin(), await app.member('peer', 'pat'), await app.hostUser('ann')];
  const { body } = await (people[0] as Body).request('POST', 'messages', { to: 'support', message: { content: 'Hi' } });
  const known = [body.conversationId, body.id, ...people.map(({ user }) => user.id)];
  const frames = fc.array(fc.oneof(nearly, fc.tuple(nearly, fc.nat(), fc.nat())), {
    minLength: FRAMES,
    maxLength: FRAMES,
  });
  await fc.assert(
    fc.asyncProperty(fc.nat(people.length - 1), frames, async (who, given) => {
      const line: TestLine = await (people[who] as (typeof people)[number]).connect();
      const answers = given.map((one) => {
        // Half of them name something that is there.
        const [{ type, properties }, key, which] = Array.isArray(one) ? one : [one, 0, -1];
        const keys = Object.keys(properties);
        const aimed =
          which < 0 || keys.length === 0 ? {} : { [keys[key % keys.length] as string]: known[which % known.length] };
        return line.call({ ...properties, ...aimed, type });
      });
      const all = await Promise.all(answers);
      line.socket.close();
      await line.closed;
      return all.every(
        ({ type, code }) =>
          type === 'ok' || type === 'welcome' || (type === 'error' && CODES.includes(code) && code !== 'INTERNAL'),
      );
    }),
    { numRuns: ROUNDS },
  );
  t.same(failures, []);
  t.equal((await app.request('GET', '/healthz')).status, 200);
});
