/** Where a message's text is told: every route and every command that answers with messages or conversations. */
import { strFromU8, unzipSync } from 'fflate';
import type { Actor, TestApp } from '../helper.ts';
import type { TestLine } from '../line.ts';

/** One conversation with a message whose text must go, and a reader who is there, and one who comes back. */
export interface Case {
  app: TestApp;
  /** Wrote the message. */
  author: Actor;
  reader: Actor;
  /** Of a thread: the message's. */
  thread: string;
  conversation: string;
  messageId: string;
  /** The text as it was sent. */
  text: string;
  /** Whom a send would be `to` that means this conversation; null where nobody can say it so. */
  to: unknown;
  line: TestLine;
  /** From before the message was there. */
  cursor: string;
  rev: number;
  epoch: string;
}

export type Surface = (given: Case) => Promise<unknown>;

const http =
  (
    method: string,
    path: (given: Case) => string,
    body?: (given: Case) => unknown,
    who: 'author' | 'reader' = 'reader',
  ) =>
  async (given: Case): Promise<unknown> =>
    (await given[who].request(method, path(given), body?.(given))).body;

const thread = ({ thread }: Case) => `conversations/${thread}`;
const again = ({ messageId, text }: Case) => ({ id: messageId, content: text });
const message = (given: Case) => `${thread(given)}/messages/${given.messageId}`;

const toAgain = http(
  'POST',
  () => 'messages',
  (given) => ({ to: given.to, message: again(given) }),
  'author',
);

const noteAgain = http('POST', ({ conversation }) => `conversations/${conversation}/notes`, again, 'author');

/** A conversation is rated when it is closed. */
async function rated(given: Case): Promise<unknown> {
  const path = `conversations/${given.conversation}`;
  await given.reader.request('PATCH', path, { status: 'closed' });
  const answer = await http(
    'POST',
    () => `${path}/rating`,
    () => ({ score: 5 }),
    'author',
  )(given);
  await given.reader.request('PATCH', path, { status: 'open' });
  return answer;
}

/** The first event of a stream, and the cursor with which it comes back. */
async function streamed({ app, reader, cursor }: Case): Promise<unknown> {
  const ending = new AbortController();
  const response = await fetch(`${app.url}/v1/events`, {
    headers: { authorization: `Bearer ${reader.token}`, 'last-event-id': cursor },
    signal: ending.signal,
  });
  let text = '';
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    text += Buffer.from(chunk).toString();
    if (text.includes('\n\n')) break;
  }
  ending.abort();
  return text;
}

/** Every route that answers with messages or conversations; one without a row fails below. */
export const routes: Record<string, Surface> = {
  'get /v1/conversations': http('GET', () => 'conversations'),
  'post /v1/conversations': http(
    'POST',
    () => 'conversations',
    (given) => begun(given),
  ),
  'get /v1/conversations/{id}': http('GET', ({ conversation }) => `conversations/${conversation}`),
  'patch /v1/conversations/{id}': http(
    'PATCH',
    ({ conversation }) => `conversations/${conversation}`,
    () => ({}),
  ),
  'get /v1/conversations/{id}/messages': http('GET', (given) => `${thread(given)}/messages`),
  'get /v1/conversations/{id}/messages/{messageId}': http('GET', message),
  'post /v1/conversations/{id}/messages': http('POST', (given) => `${thread(given)}/messages`, again, 'author'),
  'post /v1/messages': async (given) => given.to !== null && (await toAgain(given)),
  'patch /v1/conversations/{id}/messages/{messageId}': http('PATCH', message, () => ({ content: 'edited' }), 'author'),
  'delete /v1/conversations/{id}/messages/{messageId}': http('DELETE', message, undefined, 'author'),
  'post /v1/conversations/{id}/messages/{messageId}/stop': http('POST', (given) => `${message(given)}/stop`),
  'get /v1/conversations/{id}/sync': async (given) => [
    await http('GET', (given) => `${thread(given)}/sync`)(given),
    await http('GET', (given) => `${thread(given)}/sync?since=${given.rev}&epoch=${given.epoch}`)(given),
  ],
  'get /v1/changes': async (given) => [
    await http('GET', () => 'changes')(given),
    await http('GET', ({ cursor }) => `changes?cursor=${cursor}`)(given),
  ],
  'get /v1/search': async (given) => [
    await http('GET', ({ text }) => `search?q=${encodeURIComponent(text)}`)(given),
    await http('GET', ({ text, thread }) => `search?q=${encodeURIComponent(text)}&conversation=${thread}`)(given),
  ],
  'get /v1/events': streamed,
  'get /v1/conversations/{id}/transcript': async (given) => {
    const formats = ['text', 'json', 'html'].map((format) =>
      http('GET', ({ conversation }) => `conversations/${conversation}/transcript?format=${format}`)(given),
    );
    return Promise.all(formats);
  },
  'post /v1/conversations/{id}/claim': http('POST', ({ conversation }) => `conversations/${conversation}/claim`),
  'post /v1/conversations/{id}/handover': http(
    'POST',
    ({ conversation }) => `conversations/${conversation}/handover`,
    undefined,
    'author',
  ),
  'post /v1/conversations/{id}/notes': async (given) => given.thread !== given.conversation && (await noteAgain(given)),
  'post /v1/conversations/{id}/rating': rated,
  'get /v1/users/{id}/export': async ({ app, author }) => {
    const headers = { authorization: `Bearer ${author.token}` };
    const response = await fetch(`${app.url}/v1/users/${author.user.id}/export`, { headers });
    return Object.values(unzipSync(new Uint8Array(await response.arrayBuffer()))).map((bytes) => strFromU8(bytes));
  },
};

/** Every command whose answer brings messages or conversations; one without a row fails below. */
export const frames: Record<string, Surface> = {
  hello: async ({ reader, cursor, thread, rev }) => {
    const anew = await reader.connect({});
    const back = await reader.connect({ cursor, revs: { [thread]: rev } });
    const told = [anew.frames, back.frames];
    for (const line of [anew, back]) line.socket.terminate();
    return told;
  },
  'message.send': async (given) => {
    const line = await given.author.connect();
    const message = again(given);
    return [
      await line.call({ type: 'message.send', conversationId: given.thread, message }),
      given.to !== null && (await line.call({ type: 'message.send', to: given.to, message })),
    ];
  },
  'message.edit': async ({ author, thread: conversationId, messageId }) =>
    (await author.connect()).call({ type: 'message.edit', conversationId, messageId, content: 'edited' }),
  'message.delete': async ({ author, thread: conversationId, messageId }) =>
    (await author.connect()).call({ type: 'message.delete', conversationId, messageId }),
  'message.stop': async ({ line, thread: conversationId, messageId }) =>
    line.call({ type: 'message.stop', conversationId, messageId }),
  'conversation.sync': async ({ line, thread: conversationId, rev, epoch }) => [
    await line.call({ type: 'conversation.sync', conversationId, since: 0 }),
    await line.call({ type: 'conversation.sync', conversationId, since: rev, epoch }),
  ],
};

/** They change what they answer with, so that they cannot be asked before the text is gone. */
export const changing = new Set([
  'patch /v1/conversations/{id}/messages/{messageId}',
  'delete /v1/conversations/{id}/messages/{messageId}',
  'message.edit',
  'message.delete',
]);

function begun({ conversation, author, reader }: Case): object {
  if (reader.user.role === 'user') return { kind: 'direct', userId: author.user.id };
  return { kind: 'support', customerId: author.user.id, id: conversation };
}
