import t from 'tap';
import { Compile } from 'typebox/compile';
import { type CommandType, commands } from '../../src/protocol/commands.ts';
import { entities, entitiesByName } from '../../src/protocol/entities.ts';
import { explain } from '../../src/protocol/explain.ts';
import { ConversationBody } from '../../src/protocol/http-conversations.ts';
import { VisitorBody } from '../../src/protocol/http-visitors.ts';
import fc from '../property.ts';
import { ID } from './samples.ts';

const types = Object.keys(commands) as CommandType[];
const keys = [
  ...new Set(
    JSON.stringify([commands, entities])
      .match(/"[a-zA-Z]+":/g)
      ?.map((key) => key.slice(1, -2)),
  ),
  'constructor',
  '__proto__',
];
const values = fc.oneof(
  fc.constantFrom(
    ID,
    'support',
    'team',
    'agent',
    'system',
    'online',
    'room',
    'direct',
    'text',
    '',
    'Hi',
    '\0',
    '\ud800',
  ),
  fc.constantFrom(0, 1, -1, 1.5, 2 ** 53, true, false, null, ...types),
  fc.string({ unit: 'binary', maxLength: 12 }),
);
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof({ maxDepth: 3 }, values, tie('list'), tie('object')),
  list: fc.array(tie('tree'), { maxLength: 3 }),
  object: fc.dictionary(fc.constantFrom(...keys, ID), tie('tree'), { maxKeys: 5 }),
}));
const frame = fc.tuple(fc.dictionary(fc.constantFrom(...keys), tree, { maxKeys: 4 }), fc.constantFrom(...types));

t.test('the words agree with the validator: a problem is told exactly when the value is refused', async (t) => {
  const schemas = [...Object.values(commands), ...entities, ConversationBody, VisitorBody];
  const judges = schemas.map((schema) => ({ schema, validator: Compile(entitiesByName, schema) }));
  fc.assert(
    fc.property(frame, fc.boolean(), ([properties, type], whole) => {
      const value = whole ? { id: 1, conversationId: ID, message: { content: 'Hi' }, ...properties, type } : properties;
      for (const { schema, validator } of judges) {
        const problem = explain(schema, value, entitiesByName);
        if (validator.Check(value) !== (problem === null)) return false;
        if (problem !== null && problem.rule === '') return false;
      }
      return true;
    }),
    { numRuns: 1500 },
  );
  t.pass('agreed');
});

t.test('a union speaks by the branch that the value looks like', async (t) => {
  const told = (value: unknown) => {
    const problem = explain(ConversationBody, value, entitiesByName);
    return problem === null ? null : `${problem.path} ${problem.rule}`;
  };
  t.equal(told({}), 'kind is required');
  t.equal(told({ kind: 'chat' }), 'kind must be one of "support", "direct", "room"');
  t.equal(told({ kind: 'support', userId: ID }), 'userId is not known here');
  t.equal(told({ kind: 'direct' }), 'userId or userExternalId is required, one of the two');
  t.equal(told({ kind: 'room', participants: [{ userId: 'x' }] }), 'participants.0.userId must be a UUID');
  t.equal(told({ kind: 'room', maxLength: 10_001 }), 'maxLength must be at most 10000');
  t.match(told(5), /^ must be an object with kind/);
  t.equal(told({ kind: 'room', externalId: 'call-1' }), null);
});
