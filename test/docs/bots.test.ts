/** Runs docs/bots.md: its bots against a real server, its signature checks against real requests. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t, { type Test } from 'tap';
import { type Actor, type Body, startApp, type TestApp } from '../helper.ts';
import { openHouse, say } from '../outbound/bots/house.ts';
import { bodyOf, startReceiver } from '../outbound/receiver.ts';

const run = promisify(execFile);
const page = readFileSync(new URL('../../docs/bots.md', import.meta.url), 'utf8');
const blocks = new Map(
  [...page.matchAll(/^```\w+ (\S+)\n(.*?)^```/gms)].map(([, name = '', text = '']) => [name, text]),
);
const PATH = process.env.PATH ?? '';

function block(name: string): string {
  const text = blocks.get(name);
  if (text === undefined) throw new Error(`the page has no ${name}`);
  return text;
}

/** A folder that holds some of the page's files. */
function written(t: Test, ...names: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'parley-docs-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  for (const name of names) writeFileSync(join(folder, name), block(name));
  return folder;
}

async function shell(name: string, env: Record<string, string>, change = (text: string) => text): Promise<Body> {
  const { stdout } = await run('bash', ['-c', change(block(name))], { env: { ...env, PATH } });
  return JSON.parse(stdout);
}

/** Makes the bot that a block of the page makes, at `url`, and asks it by the page's own call. */
async function ask(t: Test, app: TestApp, name: string, at: string, url: string): Promise<Body> {
  const admin: Actor = await app.admin();
  t.match(block(name), at, 'the address stands in the page');
  const bot = await shell(name, { PARLEY: app.url, ADMIN: admin.token }, (text) => text.replace(at, url));
  const visitor = await app.visitor({ name: 'Vera' });
  const begun = await admin.request('POST', 'conversations', {
    kind: 'support',
    customerId: visitor.user.id,
    assigneeId: bot.id,
  });
  return shell('ask', { PARLEY: app.url, VISITOR: visitor.token, CONVERSATION: begun.body.id });
}

const start = (t: Test) => startApp(t, { outboundAllow: ['127.0.0.1'] });

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  await new Promise((done) => server.close(done));
  return port;
}

t.test('the echo bot of twenty lines answers', async (t) => {
  t.ok(block('echo-bot.mjs').trim().split('\n').length <= 20);
  const folder = written(t, 'echo-bot.mjs');
  const port = await freePort();
  const bot = spawn(process.execPath, [join(folder, 'echo-bot.mjs')], { env: { PORT: String(port) } });
  t.teardown(() => bot.kill());
  await once(bot.stdout, 'data');
  const answer = await ask(t, await start(t), 'webhook', 'http://127.0.0.1:5000/', `http://127.0.0.1:${port}/`);
  t.match(answer.reply, { content: 'Vera said: Hello?', quickReplies: ['Once more', 'A person, please'], ai: true });
});

t.test('n8n: the workflow is one, and its answer is understood', async (t) => {
  const { nodes, connections } = JSON.parse(block('n8n-workflow.json'));
  t.equal(nodes[0].parameters.httpMethod, 'POST');
  t.equal(connections[nodes[0].name].main[0][0].node, nodes[1].name);
  const n8n = await startReceiver(t, async (request, response) => {
    const { chatInput, sessionId, action } = JSON.parse(await bodyOf(request));
    t.match(
      { url: request.url, action, sessionId },
      { url: '/webhook/parley', action: 'sendMessage', sessionId: String },
    );
    say(response, [{ output: `You said: ${chatInput}` }]);
  });
  const answer = await ask(t, await start(t), 'n8n', 'http://127.0.0.1:5678', n8n.url);
  t.equal(answer.reply.content, 'You said: Hello?');
});

t.test('a model behind an OpenAI-compatible API', async (t) => {
  const model = await startReceiver(t, async (request, response) => {
    const asked = JSON.parse(await bodyOf(request));
    t.equal(request.url, '/v1/chat/completions');
    t.match(asked, { model: 'llama3.2', stream: true, temperature: 0.3, tool_choice: 'auto' });
    for (const { function: tool } of asked.tools) t.match(page, `\`${tool.name}\``);
    t.match(asked.messages, [
      { role: 'system', content: /lamps/ },
      { role: 'user', content: 'Hello?' },
    ]);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const content of ['Good ', 'evening']) {
      response.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`);
    }
    response.end('data: [DONE]\n\n');
  });
  const answer = await ask(t, await start(t), 'model', 'http://127.0.0.1:11434', model.url);
  t.equal(answer.reply.content, 'Good evening');
});

t.test('the signature checks know a true request from a forged one, in all three languages', async (t) => {
  const secret = `whsec_${Buffer.from('twenty-four random bytes').toString('base64')}`;
  const house = await openHouse(t, { secret });
  const customer = await house.customer();
  await customer.say('Hello? ü');
  const asked = await house.next();
  const body = JSON.stringify(asked.body);
  const headers = Object.fromEntries(Object.entries(asked.headers).map(([name, value]) => [name, String(value)]));
  const folder = written(t, 'verify.ts', 'verify.py', 'verify.sh');
  const { isFromParley } = await import(join(folder, 'verify.ts'));

  const checks: Record<string, (text: string, given: Record<string, string>) => Promise<boolean>> = {
    TypeScript: async (text, given) => isFromParley(secret, given, text),
    Python: async (text, given) => {
      const script =
        'import json, sys; sys.path.insert(0, sys.argv[1]); from verify import is_from_parley\n' +
        'print(is_from_parley(sys.argv[2], json.loads(sys.argv[3]), sys.argv[4].encode()))';
      const { stdout } = await run('python3', ['-c', script, folder, secret, JSON.stringify(given), text]);
      return stdout.trim() === 'True';
    },
    shell: async (text, given) => {
      writeFileSync(join(folder, 'body'), text);
      const env = {
        PATH,
        SECRET: secret,
        ID: given['webhook-id'] ?? '',
        TIME: given['webhook-timestamp'] ?? '',
        SIGNATURE: given['webhook-signature'] ?? '',
        BODY: join(folder, 'body'),
      };
      return (await run('sh', [join(folder, 'verify.sh')], { env })).stdout.trim() === 'good';
    },
  };
  for (const [language, check] of Object.entries(checks)) {
    t.equal(await check(body, headers), true, `${language}: a true one`);
    t.equal(await check(`${body} `, headers), false, `${language}: another body`);
    t.equal(await check(body, { ...headers, 'webhook-id': 'other' }), false, `${language}: another id`);
  }
  t.equal(isFromParley(secret, headers, body, Date.now() + 600_000), false, 'TypeScript: an old one');
});

t.test('the sizes and times that the page tells are the server’s', async (t) => {
  const { DEFERRED_MS } = await import('../../src/chat/bots/turns.ts');
  t.match(page, `within ${DEFERRED_MS / 60_000} minutes`);
});
