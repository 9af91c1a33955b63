/** A server with a bot, whose program is a real HTTP server that does what the test wants. */
import type { RequestListener, ServerResponse } from 'node:http';
import type { Test } from 'tap';
import type { Config } from '../../../src/config.ts';
import { type Actor, type Body, startApp, type TestApp } from '../../helper.ts';
import type { TestLine } from '../../line.ts';
import { bodyOf, type Receiver, startReceiver } from '../receiver.ts';

export interface Asked {
  body: Body;
  headers: Record<string, string | string[] | undefined>;
  path: string;
  response: ServerResponse;
}

export interface House {
  app: TestApp;
  admin: Actor;
  bot: Body;
  receiver: Receiver;
  /** What the bot's program was asked, the oldest first; waits for the next. */
  next(): Promise<Asked>;
  /** A customer with a conversation that is the bot's. */
  customer(): Promise<Customer>;
}

interface Customer extends Actor {
  /** Of the conversation. */
  id: string;
  line: TestLine;
  say(content: string, query?: string): Promise<{ status: number; body: Body }>;
  /** The texts of the conversation, in their order. */
  texts(): Promise<string[]>;
}

/** @param answer absent: each request waits until the test answers it */
export async function openHouse(
  t: Test,
  how: object = {},
  answer?: RequestListener,
  config: Partial<Config> & { folder?: string } = {},
): Promise<House> {
  const asked: Asked[] = [];
  const waiting: ((asked: Asked) => void)[] = [];
  const receiver = await startReceiver(t, async (request, response) => {
    const text = await bodyOf(request).catch(() => '');
    if (text === '') return;
    const one = { body: JSON.parse(text), headers: request.headers, path: request.url ?? '', response };
    const waiter = waiting.shift();
    if (waiter === undefined) asked.push(one);
    else waiter(one);
    answer?.(request, response);
  });
  const { folder, ...settings } = config;
  const app = await startApp(t, { outboundAllow: ['127.0.0.1'], ...settings }, folder === undefined ? {} : { folder });
  const admin = await app.admin();
  const made = await admin.request('POST', 'bots', {
    name: 'Lea',
    engine: 'webhook',
    url: `${receiver.url}/hook`,
    ...how,
  });
  if (made.status !== 201) throw new Error(JSON.stringify(made.body));
  return {
    app,
    admin,
    bot: made.body,
    receiver,
    next: () => {
      const one = asked.shift();
      return one === undefined ? new Promise((come) => waiting.push(come)) : Promise.resolve(one);
    },
    customer: async () => {
      const visitor = await app.visitor();
      const begun = await admin.request('POST', 'conversations', {
        kind: 'support',
        customerId: visitor.user.id,
        assigneeId: made.body.id,
      });
      if (begun.status !== 201) throw new Error(JSON.stringify(begun.body));
      const { id } = begun.body;
      const line = await visitor.connect();
      return {
        ...visitor,
        id,
        line,
        say: (content, query = '') => visitor.request('POST', `conversations/${id}/messages${query}`, { content }),
        texts: async () => {
          const history = await visitor.request('GET', `conversations/${id}/messages`);
          return history.body.items.map((message: Body) => message.content);
        },
      };
    },
  };
}

/** Answers as a program that knows its words. */
export function say(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
