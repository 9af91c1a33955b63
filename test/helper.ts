/**
 * A real server for one test: port 0, a file of its own in a temporary folder, people as actors. Every answer is judged
 * by the API's own document.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { Test } from 'tap';
import { buildApp } from '../src/app.ts';
import { builtPages } from '../src/cli/inside.ts';
import { type Config, configFor } from '../src/config.ts';
import type { Me, Role } from '../src/protocol/person.ts';
import { databaseOf } from './database.ts';
import { answerProblem, documentOf } from './judge/answer.ts';
import { openLine, type TestLine } from './line.ts';
import { noteWords, runLog } from './run-log.ts';
import { SERVERS, spread } from './servers.ts';

/** Built by `npm test` before it starts. */
const pages = await builtPages();

const ADMIN = { email: 'admin@example.com', password: 'correct horse battery' };

// biome-ignore lint/suspicious/noExplicitAny: what a test reads of an answer is checked by the test itself
export type Body = any;

export interface Answered {
  status: number;
  body: Body;
  headers: Headers;
}

/** Somebody who calls the server with a credential of theirs. */
export interface Actor {
  token: string;
  user: Me;
  /** `path` below `/v1`. */
  request(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answered>;
  /** An open line that has said hello. */
  connect(hello?: object): Promise<TestLine>;
}

export interface TestApp {
  app: FastifyInstance;
  url: string;
  folder: string;
  /** Anybody, without a credential or with the one given. */
  request(
    method: string,
    path: string,
    body?: unknown,
    token?: string,
    headers?: Record<string, string>,
  ): Promise<Answered>;
  visitor(body?: object): Promise<Actor>;
  admin(): Promise<Actor>;
  /** A user of that role who logs in. */
  member(role: Role, name: string): Promise<Actor>;
  /** A user whom the host names. */
  hostUser(externalId: string, more?: object): Promise<Actor>;
  /** An API key's caller. */
  key(...scopes: string[]): Promise<Omit<Actor, 'user' | 'connect'>>;
  actor(token: string, user: Me): Actor;
  stop(): Promise<void>;
}

/** Starts a server with the first admin in it, and stops it when the test ends. */
export async function startApp(
  t: Test,
  overrides: Partial<Config> = {},
  options: { folder?: string; now?: () => number } = {},
): Promise<TestApp> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'parley-test-'));
  // In a folder that was given, another server may follow.
  const database = await databaseOf(folder, options.folder === undefined ? t : null);
  const config = configFor({
    port: 0,
    data: folder,
    ...(database === undefined ? {} : { database }),
    logLevel: 'silent',
    adminEmail: ADMIN.email,
    adminPassword: ADMIN.password,
    sendRate: 100_000,
    sendBurst: 100_000,
    visitorSendRate: 100_000,
    visitorSendBurst: 100_000,
    visitorsPerMinute: 100_000,
    loginsPerMinute: 100_000,
    ...overrides,
  });
  const started = async (port: number) => {
    const app = await buildApp(config, {
      log: runLog,
      pages,
      ...(options.now === undefined ? {} : { now: options.now }),
    });
    return { app, url: await app.listen({ host: '127.0.0.1', port }) };
  };
  const { app, url } = await started(config.port);
  const apps = [app];
  let together = async () => {};
  if (database !== undefined && SERVERS > 1) {
    const others = [];
    while (others.length < SERVERS - 1) others.push(await started(0));
    apps.push(...others.map((one) => one.app));
    together = spread([url, ...others.map((one) => one.url)], database);
  }
  let stopped = false;
  const stop = async () => {
    if (stopped) return;
    stopped = true;
    await together();
    await Promise.all(apps.map((one) => one.close()));
  };
  t.teardown(async () => {
    await stop();
    if (options.folder === undefined) rmSync(folder, { recursive: true, force: true });
  });
  return { app, folder, stop, ...callers(t, url) };
}

/** The ways to call a server that listens somewhere, also one that runs as a process of its own. */
export function callers(t: Test, url: string): Omit<TestApp, 'app' | 'folder' | 'stop'> {
  const request: TestApp['request'] = async (method, path, body, token, headers = {}) => {
    const response = await fetch(`${url}${path.startsWith('/') ? '' : '/v1/'}${path}`, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    noteWords({ body, token });
    const text = await response.text();
    const json = response.headers.get('content-type')?.includes('json') === true;
    const answered = { status: response.status, body: json ? JSON.parse(text) : text, headers: response.headers };
    if (json) noteWords(answered.body);
    const document = await documentOf(url);
    const problem = document === null ? null : answerProblem(document, method, path, answered);
    if (problem !== null) t.fail(problem);
    return answered;
  };
  const must = (answered: Answered, what: string): Body => {
    if (answered.status >= 300) throw new Error(`${what}: ${answered.status} ${JSON.stringify(answered.body)}`);
    return answered.body;
  };
  const actor: TestApp['actor'] = (token, user) => ({
    token,
    user,
    request: (method, path, body, headers) => request(method, path, body, token, headers),
    connect: async (hello = {}) => {
      const line = await openLine(t, url);
      await line.hello(token, hello);
      return line;
    },
  });
  const login = async (email: string, password: string) => {
    const body = must(await request('POST', 'auth/login', { email, password }), 'login');
    return actor(body.token, body.user);
  };
  let admin: Promise<Actor> | null = null;
  const theAdmin = () => {
    admin ??= login(ADMIN.email, ADMIN.password);
    return admin;
  };
  let key: Promise<string> | null = null;
  const makeKey = async (scopes: string[]) =>
    must(await (await theAdmin()).request('POST', 'api-keys', { name: 'test', scopes }), 'key').key as string;
  return {
    url,
    request,
    actor,
    admin: theAdmin,
    visitor: async (body = {}) => {
      const made = must(await request('POST', 'visitors', body), 'visitor');
      return actor(made.token, made.user);
    },
    member: async (role, name) => {
      const traits = { name, email: `${name.replaceAll(/[^\w.-]/g, '')}@example.com`, role, password: ADMIN.password };
      must(await (await theAdmin()).request('POST', 'users', traits), 'member');
      return login(traits.email, traits.password);
    },
    hostUser: async (externalId, more = {}) => {
      key ??= makeKey(['tokens']);
      const made = must(await request('POST', 'tokens', { externalId, ...more }, await key), 'token');
      return actor(made.token, made.user);
    },
    key: async (...scopes) => {
      const token = await makeKey(scopes);
      return { token, request: (method, path, body, headers) => request(method, path, body, token, headers) };
    },
  };
}
