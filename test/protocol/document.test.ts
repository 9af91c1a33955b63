import swagger from '@fastify/swagger';
import Fastify from 'fastify';
import t from 'tap';
import { Page } from '../../src/protocol/catching-up.ts';
import { Conversation } from '../../src/protocol/conversation.ts';
import { Draft } from '../../src/protocol/draft.ts';
import { entities, entitiesByName } from '../../src/protocol/entities.ts';
import { Message } from '../../src/protocol/message.ts';
import { Person } from '../../src/protocol/person.ts';
import { ref } from '../../src/protocol/schema.ts';
import { Id } from '../../src/protocol/words.ts';
import { conversation, message } from './samples.ts';

t.test('every named schema has a name of its own, and every reference means one of them', async (t) => {
  t.equal(Object.keys(entitiesByName).length, entities.length);
  const names = JSON.stringify(entities).matchAll(/"\$ref":"([^"]+)"/g);
  for (const [, name = ''] of names) t.ok(Object.hasOwn(entitiesByName, name), `${name} is there`);
});

t.test('a reference needs a name', async (t) => {
  t.throws(() => ref(Id), /needs a schema that has an \$id/);
});

t.test('a server that shares the named schemas documents and serialises its answers by them', async (t) => {
  const app = Fastify();
  t.teardown(() => app.close());
  await app.register(swagger, {
    openapi: { openapi: '3.1.0', info: { title: 'Parley', version: '1' } },
    refResolver: { buildLocalReference: (json, _uri, _fragment, index) => String(json.$id ?? `def-${index}`) },
  });
  for (const schema of entities) app.addSchema(schema);
  app.setValidatorCompiler(() => () => true);
  app.post('/messages', { schema: { body: ref(Draft), response: { 201: ref(Message) } } }, async (_, reply) => {
    return reply.code(201).send({ ...message, author: { ...Person, ...message.author, email: 'ann@example.org' } });
  });
  app.get('/list', { schema: { response: { 200: Page(ref(Conversation)) } } }, async () => ({
    items: [conversation],
    next: null,
  }));
  await app.ready();

  const document = app.swagger() as { components: { schemas: Record<string, unknown> }; paths: unknown };
  t.same(Object.keys(document.components.schemas).sort(), Object.keys(entitiesByName).sort());
  t.match(document.paths, {
    '/messages': {
      post: {
        requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Draft' } } } },
        responses: { 201: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Message' } } } } },
      },
    },
  });
  const references = JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g);
  for (const [, name = ''] of references) t.ok(Object.hasOwn(document.components.schemas, name), name);

  const sent = await app.inject({ method: 'POST', url: '/messages', payload: { content: 'Hi' } });
  t.same(sent.json(), message);
  const listed = await app.inject('/list');
  t.same(listed.json(), { items: [conversation], next: null });
});
