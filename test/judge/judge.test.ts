import t from 'tap';
import type { Body } from '../helper.ts';
import { startApp } from '../helper.ts';
import { conversation, ID, message } from '../protocol/samples.ts';
import { answerProblem } from './answer.ts';
import { frameProblem } from './frame.ts';
import { Reader } from './reader.ts';

const created = { type: 'message.created', conversationId: ID, rev: 2, message };

t.test('a frame that is not as it should be is found', async (t) => {
  const good: [Body, Parameters<typeof frameProblem>[1]][] = [
    [created, undefined],
    [{ re: 1, type: 'ok', message }, 'message.send'],
    [{ re: 1, type: 'ok', cursor: 'c' }, 'ping'],
    [{ re: null, type: 'error', code: 'BAD_JSON', message: 'x' }, undefined],
    [{ re: 1, type: 'error', code: 'VALIDATION', message: 'x' }, ''],
  ];
  for (const [frame, asked] of good) t.equal(frameProblem(frame, asked), null, JSON.stringify(frame).slice(0, 80));
  const bad: [Body, Parameters<typeof frameProblem>[1]][] = [
    [{ ...created, rev: undefined }, undefined],
    [{ ...created, more: 1 }, undefined],
    [{ re: 1, type: 'ok', message }, 'ping'],
    [{ re: 1, type: 'ok', message }, undefined],
    [{ re: 1, type: 'ok' }, ''],
    [{ re: 1, type: 'ok' }, 'hello'],
    [{ re: null, type: 'ok' }, undefined],
    [{ re: 1, type: 'welcome' }, 'ping'],
    [{ re: 1, type: 'error', code: 'OOPS', message: 'x' }, 'ping'],
  ];
  for (const [frame, asked] of bad) t.type(frameProblem(frame, asked), 'string', JSON.stringify(frame).slice(0, 80));
});

t.test('an answer that is not as it should be is found', async (t) => {
  const ok = {
    responses: { 200: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Message' } } } } },
  };
  const document = { paths: { '/v1/messages/{id}': { get: ok } } };
  const failure = { statusCode: 404, error: 'Not Found', code: 'NOT_FOUND', message: 'x' };
  const problem = (status: number, body: Body, path = 'messages/x', headers = {}) =>
    answerProblem(document, 'GET', path, { status, body, headers: new Headers(headers) });
  t.equal(problem(200, message), null);
  t.equal(problem(404, failure), null);
  const late = { statusCode: 429, error: 'x', code: 'RATE_LIMITED', message: 'x', retryMs: 5 };
  t.equal(problem(429, late, undefined, { 'retry-after': '1' }), null);
  for (const [status, body, path] of [
    [200, { ...message, more: 1 }],
    [201, message],
    [200, message, 'elsewhere'],
    [404, {}],
    [403, failure],
    [404, { ...failure, code: 'FORBIDDEN' }],
    [429, late],
    [400, { ...failure, statusCode: 400, code: 'VALIDATION' }],
  ] as [number, Body, string?][]) {
    t.type(problem(status, body, path), 'string', `${status} ${JSON.stringify(body).slice(0, 60)}`);
  }
});

t.test('each rev once and in order', async (t) => {
  const { team: _, ...shown } = conversation as Body;
  const at = (rev: number, more: object = {}) => ({ ...created, rev, ...more });
  const made = { type: 'conversation.created', conversationId: ID, rev: 2, conversation: { ...shown, id: ID, rev: 2 } };
  const ok = (rev: number) => ({ re: 1, type: 'ok', message: { ...message, conversationId: ID, rev } });
  const sync = (rev: number) => ({ re: 5, type: 'ok', sync: { rev } });
  const orders: [frames: Body[], right: boolean][] = [
    [[at(7), sync(9), at(10)], true],
    [[at(7), sync(5), at(8)], true],
    [[sync(5), at(8)], true],
    [[at(7), sync(9), at(9)], false],
    [[at(7), sync(9), at(11)], false],
    [[at(7), at(8), at(9)], true],
    [[made, at(3), ok(4), at(5)], true],
    [[made, ok(2), at(3)], true],
    [[at(7), { type: 'conversation.removed', conversationId: ID }, made], true],
    [[{ type: 'welcome', conversations: [{ ...shown, id: ID, rev: 4 }] }, at(5)], true],
    [[at(7), at(9)], false],
    [[at(7), at(7)], false],
    [[at(7), at(6)], false],
    [[at(7), ok(9)], false],
    [[at(7), made], false],
    [[{ type: 'welcome', conversations: [{ ...shown, id: ID, rev: 4 }] }, at(4)], false],
    [[at(7, { conversation: { ...shown, id: ID, rev: 8 } })], false],
  ];
  for (const [frames, right] of orders) {
    const reader = new Reader();
    const problems = frames
      .map((frame) => reader.take(frame, frame.re === 5 ? ID : undefined))
      .filter((problem) => problem !== null);
    t.equal(problems.length === 0, right, `${frames.map(({ type, rev }) => `${type} ${rev}`)}: ${problems}`);
  }
});

t.test('an id that is used twice is answered twice, each by its own request', async (t) => {
  const app = await startApp(t);
  const visitor = await app.visitor();
  const line = await visitor.connect();
  const { message } = await line.call({ type: 'message.send', to: 'support', message: { content: 'hello' } });
  const { conversationId } = message;
  line.send(JSON.stringify({ id: 900, type: 'conversation.read', conversationId, seq: 1 }));
  line.send(JSON.stringify({ id: 900, type: 'typing.set', conversationId, on: true }));
  await line.call({ type: 'ping' });
  t.equal(line.frames.filter(({ re, type }) => re === 900 && type === 'ok').length, 2);
});
