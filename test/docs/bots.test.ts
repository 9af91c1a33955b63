/** Runs docs/bots.md: its bots against a real server, its signature checks against real requests. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t, { type Test } from 'tap';
import { type Actor, type Body, startApp, type TestApp } from '../helper.ts';
import { BAD_PROGRAMS } from '../outbound/bots/bad-programs.ts';
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

/** Makes the bot that a block of the page makes, at `url`, with `more`, and asks it by the page's own call. */
async function ask(t: Test, app: TestApp, name: string, at: string, url: string, more: object = {}): Promise<Body> {
  const admin: Actor = await app.admin();
  t.match(block(name), at, 'the address stands in the page');
  const bot = await shell(name, { PARLEY: app.url, ADMIN: admin.token }, (text) => text.replace(at, url));
  await admin.request('PATCH', `bots/${bot.id}`, more);
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

/** Runs a workflow as n8n does, as far as the page's goes: its webhook, nodes that set fields, the last one's answer. */
function runWorkflow({ nodes, connections }: Body, method: string, path: string, given: Body): Body {
  const hook = nodes.find((node: Body) => node.type === 'n8n-nodes-base.webhook');
  if (method !== hook.parameters.httpMethod || path !== `/webhook/${hook.parameters.path}`) return undefined;
  if (hook.parameters.responseMode !== 'lastNode') throw new Error('the webhook does not wait for an answer');
  let item: Body = { body: given };
  for (let name = hook.name; connections[name] !== undefined; ) {
    name = connections[name].main[0][0].node;
    const node = nodes.find((one: Body) => one.name === name);
    if (node.type !== 'n8n-nodes-base.set') throw new Error(`a node of the type ${node.type}`);
    const set = node.parameters.assignments.assignments.map(({ name, value }: Body) => [name, evaluated(value, item)]);
    item = Object.fromEntries(set);
  }
  return [item];
}

/** An expression of n8n's begins with `=` and holds paths in double braces. */
function evaluated(value: string, $json: Body): string {
  if (!value.startsWith('=')) return value;
  return value.slice(1).replace(/\{\{ \$json\.([\w.]+) \}\}/g, (_, path: string) => {
    return String(path.split('.').reduce((of: Body, name) => of[name], $json));
  });
}

t.test('n8n: the workflow is run, and its answer is understood', async (t) => {
  const workflow = JSON.parse(block('n8n-workflow.json'));
  const n8n = await startReceiver(t, async (request, response) => {
    const given = JSON.parse(await bodyOf(request));
    t.match(given, { action: 'sendMessage', sessionId: String });
    const answer = runWorkflow(workflow, request.method ?? '', request.url ?? '', given);
    say(response, answer ?? { code: 404, message: 'not registered' }, answer === undefined ? 404 : 200);
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

/** Of the bad habits, those that differ in how they must be ended. */
const HABITS = [
  'never answers',
  'drips a byte at a time',
  'answers HTML',
  'answers no JSON',
  'redirects to the metadata of the cloud',
  'pours 100 MiB',
];

const WAYS: [string, string][] = [
  ['webhook', 'http://127.0.0.1:5000/'],
  ['n8n', 'http://127.0.0.1:5678'],
  ['model', 'http://127.0.0.1:11434'],
];

for (const [name, at] of WAYS) {
  t.test(`the page's bot of the kind ${name}, with a program that does what it should not`, async (t) => {
    const app = await start(t);
    for (const habit of HABITS) {
      const program = await startReceiver(t, BAD_PROGRAMS[habit] as RequestListener);
      const answer = await ask(t, app, name, at, program.url, { timeoutMs: 1500 });
      t.match(answer, { statusCode: 502, code: 'BOT_FAILED', details: { message: { content: 'Hello?' } } }, habit);
      t.notMatch(JSON.stringify(answer), '127.0.0.1', 'nobody is told where it stands');
    }
  });
}

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
