/** What stands for n8n in these stories: a webhook over real HTTP, and a bot that asks it. */
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Test } from 'tap';
import { type Server, startServer } from '../conformance/server.ts';
import type { Body } from '../helper.ts';

/** An n8n webhook: answers each chat request by `reply`, and keeps what it was asked. */
export async function n8n(t: Test, reply: (asked: Body) => { status?: number; body: unknown }) {
  const asked: Body[] = [];
  const server = createServer(async (request, response) => {
    const body = JSON.parse(await text(request));
    asked.push(body);
    const { status = 200, body: answer } = reply(body);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  const { port } = server.address() as { port: number };
  return { url: `http://127.0.0.1:${port}/webhook/chat`, asked };
}

/** A server whose agent queue a bot answers first. */
export async function withBot(t: Test, url: string): Promise<Server> {
  const server = await startServer(t, { outboundAllow: ['127.0.0.0/8'] });
  const admin = await server.admin();
  const made = await admin.post('bots', {
    name: 'Helper',
    engine: 'webhook',
    url,
    format: 'n8n',
    enabled: true,
    history: 10,
    timeoutMs: 5000,
    fallback: { handover: true },
  });
  t.equal(made.status, 201);
  const set = await admin.patch('settings', { firstAssignee: { agent: made.body.id } });
  t.equal(set.status, 200);
  return server;
}
