/** Somebody who is told what happens: a real HTTP server on this machine, which answers as the test wants. */
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { Webhook as Judge } from 'standardwebhooks';
import type { Test } from 'tap';
import { Event } from '../../../src/protocol/events.ts';
import type { Actor, Body } from '../../helper.ts';
import { shapeProblem } from '../../judge/shape.ts';
import { bodyOf, startReceiver } from '../receiver.ts';

export interface Told {
  id: string;
  headers: IncomingHttpHeaders;
  text: string;
  body: Body;
}

export interface Hook {
  url: string;
  /** Everything that came, in its order, taken or not. */
  told: Told[];
  /** Answers all that comes from now on; 204 by itself. */
  answer: (told: Told, response: ServerResponse) => void;
  /** When so many came of which `counts` is true: those. */
  until(count: number, counts?: (told: Told) => boolean): Promise<Told[]>;
}

/** Settings under which a server may call it, and comes back soon. */
export const NEAR = { outboundAllow: ['127.0.0.1'], webhookRetryMs: 50 };

const PATIENCE_MS = 20_000;

export const take: Hook['answer'] = (_told, response) => {
  response.writeHead(204).end();
};

export async function startHook(t: Test): Promise<Hook> {
  const waiting = new Set<() => void>();
  const { url } = await startReceiver(t, async (request, response) => {
    const text = await bodyOf(request);
    const told = { id: String(request.headers['webhook-id']), headers: request.headers, text, body: JSON.parse(text) };
    const problem = told.body.type === 'test' ? null : shapeProblem('Event', () => Event, told.body);
    if (problem !== null) t.fail(problem);
    hook.told.push(told);
    hook.answer(told, response);
    for (const look of [...waiting]) look();
  });
  const hook: Hook = {
    url: `${url}/hook`,
    told: [],
    answer: take,
    until: (count, counts = () => true) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = hook.told.filter(counts);
          if (found.length < count) return;
          clearTimeout(late);
          waiting.delete(look);
          resolve(found);
        };
        const late = setTimeout(() => {
          const came = hook.told.map(({ text }) => text.slice(0, 200));
          reject(new Error(`${count} did not come: ${came.join('\n')}`));
        }, PATIENCE_MS);
        waiting.add(look);
        look();
      }),
  };
  return hook;
}

/** Throws unless it is signed with that secret, as the makers of the standard judge it. */
export function verified({ text, headers }: Told, secret: string): Body {
  return new Judge(secret).verify(text, headers as Record<string, string>);
}

/** The webhook as it was made, with its secret; by an admin. */
export async function register(admin: Actor, hook: Hook, more: object = {}): Promise<Body> {
  const { status, body } = await admin.request('POST', 'webhooks', { url: hook.url, ...more });
  if (status !== 201) throw new Error(JSON.stringify(body));
  return body;
}
