/** Judges an HTTP answer by what the server itself promises in `/openapi.json`. */
import type { TSchema } from 'typebox';
import { errors } from '../../src/protocol/errors.ts';
import { HttpFailure } from '../../src/protocol/http-failure.ts';
import type { Answered, Body } from '../helper.ts';
import { shapeProblem } from './shape.ts';

/** What is no resource of the API: pages, streams, upgrades. */
const DOORS = ['/docs', '/openapi.json', '/v1/ws', '/v1/events'];

let document: Promise<Body> | null = null;

/** The API's document, fetched from the first server of this process; null when it could not be had. */
export async function documentOf(url: string): Promise<Body> {
  document ??= fetch(`${url}/openapi.json`).then((answer) => answer.json());
  return document.catch(() => {
    // The server was being killed, perhaps: the next one is asked.
    document = null;
    return null;
  });
}

/**
 * Its route is documented, its status too, its body has the shape; an error's status is that of its code.
 *
 * @param path below `/v1`, or whole from `/`
 * @returns null, or what is wrong
 */
export function answerProblem(document: Body, method: string, path: string, answered: Answered): string | null {
  const [bare = ''] = (path.startsWith('/') ? path : `/v1/${path}`).split('?');
  const { status, body } = answered;
  if (status >= 400) return failureProblem(answered);
  if (method === 'OPTIONS' || DOORS.some((door) => bare.startsWith(door))) return null;
  const template = templateOf(document, bare, method);
  if (template === null) return `${method} ${bare} answered ${status} and is not documented`;
  const name = `${method} ${template} ${status}`;
  const response = document.paths[template][method.toLowerCase()].responses[status];
  if (response === undefined) return `${name} is not documented`;
  const type = answered.headers.get('content-type')?.split(';')[0] ?? '';
  const schema = (response.content?.[type] ?? response.content?.['application/json'])?.schema;
  if (schema === undefined) return body === '' ? null : `${name} has a body that is not documented`;
  return shapeProblem(`${name} ${type}`, () => withNames(schema), body);
}

function failureProblem({ status, body, headers }: Answered): string | null {
  const wrong = shapeProblem('HttpFailure', () => HttpFailure, body);
  if (wrong !== null) return wrong;
  const said = JSON.stringify(body);
  if (errors[body.code as keyof typeof errors].status !== status || body.statusCode !== status) {
    return `status ${status} for ${said}`;
  }
  const retryAfter = headers.get('retry-after');
  if ((body.retryMs === undefined) !== (retryAfter === null)) return `Retry-After ${retryAfter} with ${said}`;
  if (status === 400 && (typeof body.details?.path !== 'string' || typeof body.details?.rule !== 'string')) {
    return `400 without details { path, rule }: ${said}`;
  }
  return null;
}

/** `/v1/users/x` → `/v1/users/{id}`, a literal before a parameter. */
function templateOf(document: Body, path: string, method: string): string | null {
  const parts = path.split('/');
  const fits = Object.keys(document.paths).filter((template) => {
    const wanted = template.split('/');
    if (document.paths[template][method.toLowerCase()] === undefined) return false;
    return wanted.length === parts.length && wanted.every((part, at) => part.startsWith('{') || part === parts[at]);
  });
  return fits.sort((one, other) => one.split('{').length - other.split('{').length)[0] ?? null;
}

/** The document's own references as the protocol's names. */
function withNames(schema: object): TSchema {
  return JSON.parse(JSON.stringify(schema).replaceAll('#/components/schemas/', ''));
}
