/** The server under test, and those who call it, with shorter words for what these tests say most. */
import type { Test } from 'tap';
import type { ClientOptions } from 'ws';
import type { Config } from '../../src/config.ts';
import type { Me, Role } from '../../src/protocol/person.ts';
import { type Actor, type Answered, type Body, startApp, type TestApp } from '../helper.ts';
import { documentOf } from '../judge/answer.ts';
import { openLine, type TestLine } from '../line.ts';
import { openStream, type TestStream } from '../ws/stream.ts';

export interface Person extends Actor {
  id: string;
  get(path: string): Promise<Answered>;
  post(path: string, body?: unknown): Promise<Answered>;
  patch(path: string, body: unknown): Promise<Answered>;
  delete(path: string): Promise<Answered>;
  /** A stream of Server-Sent Events. @param query with its question mark */
  stream(query?: string, headers?: Record<string, string>): Promise<TestStream>;
}

export interface Server extends Pick<TestApp, 'app' | 'url' | 'stop' | 'request'> {
  /** `/openapi.json` */
  document: Body;
  visitor(body?: object): Promise<Person>;
  admin(): Promise<Person>;
  member(role: Role, name: string): Promise<Person>;
  hostUser(externalId: string, more?: object): Promise<Person>;
  /** An API key's caller; it is no user. */
  key(...scopes: string[]): Promise<Person>;
  person(token: string, user: Me): Person;
  /** A line that has not said hello. */
  line(options?: ClientOptions): Promise<TestLine>;
}

export async function startServer(
  t: Test,
  overrides: Partial<Config> = {},
  options: { now?: () => number } = {},
): Promise<Server> {
  const server = await startApp(t, overrides, options);
  const person = (token: string, user: Me): Person => {
    const actor = server.actor(token, user);
    return {
      ...actor,
      id: user?.id,
      get: (path) => actor.request('GET', path),
      post: (path, body) => actor.request('POST', path, body),
      patch: (path, body) => actor.request('PATCH', path, body),
      delete: (path) => actor.request('DELETE', path),
      stream: (query = '', headers = {}) => openStream(t, server.url, actor, query, headers),
    };
  };
  const asPerson = ({ token, user }: Actor) => person(token, user);
  return {
    app: server.app,
    url: server.url,
    stop: server.stop,
    request: server.request,
    document: await documentOf(server.url),
    person,
    visitor: async (body) => asPerson(await server.visitor(body)),
    admin: async () => asPerson(await server.admin()),
    member: async (role, name) => asPerson(await server.member(role, name)),
    hostUser: async (externalId, more) => asPerson(await server.hostUser(externalId, more)),
    key: async (...scopes) => person((await server.key(...scopes)).token, undefined as unknown as Me),
    line: (lineOptions = {}) => openLine(t, server.url, lineOptions),
  };
}
