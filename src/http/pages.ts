/**
 * The pages: the widget for everybody's pages, the demo shop, the console. Served from memory, compressed beforehand,
 * under the strictest policy that each can live with.
 */
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from '../protocol/refusal.ts';
import type { PageFile, Pages } from './page-files.ts';

/** A name that stays may hold another file tomorrow; pages that were opened before live with the old one so long. */
const STABLE = 'public, max-age=300';
const IMMUTABLE = 'public, max-age=31536000, immutable';
/** Asked for each time, answered 304 while it is the same. */
const DOCUMENT = 'no-cache';

/** What a page of ours may do. The console shows files that it was given (blob:) and stands in the demo's frame. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "media-src 'self' blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "frame-src 'self'",
  "worker-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

const CODINGS = ['br', 'gzip'] as const;

/** Whether a coding is named, and not with the weight 0 (RFC 9110, 12.5.3). */
function takes(accepted: string, coding: string): boolean {
  return accepted.split(',').some((one) => {
    const [name, weight] = one.split(';').map((part) => part.trim());
    return name === coding && Number(weight?.replace('q=', '') ?? 1) !== 0;
  });
}

/** The best form that the browser takes, as it is and by its content coding. */
function formFor({ headers }: FastifyRequest, { forms }: PageFile): [coding: string, bytes: Uint8Array] {
  const accepted = String(headers['accept-encoding'] ?? '');
  for (const coding of CODINGS) {
    const bytes = forms.get(coding);
    if (bytes !== undefined && takes(accepted, coding)) return [coding, bytes];
  }
  return ['identity', forms.get('identity') as Uint8Array];
}

function send(request: FastifyRequest, reply: FastifyReply, file: PageFile | undefined): FastifyReply {
  if (file === undefined) throw new Refusal('NOT_FOUND');
  const [coding, bytes] = formFor(request, file);
  const etag = `"${file.etag}${coding === 'identity' ? '' : `-${coding}`}"`;
  const document = file.type.startsWith('text/html');
  reply
    .header('cache-control', document ? DOCUMENT : file.immutable ? IMMUTABLE : STABLE)
    .header('vary', 'accept-encoding')
    .header('etag', etag);
  if (document) {
    reply
      .header('content-security-policy', POLICY)
      .header('x-frame-options', 'SAMEORIGIN')
      .header('permissions-policy', 'camera=(), microphone=(), geolocation=(), payment=()');
  } else if (request.routeOptions.config.anyOrigin) reply.header('cross-origin-resource-policy', 'cross-origin');
  const known = String(request.headers['if-none-match'] ?? '');
  if (known === '*' || known.split(/,\s*/).some((one) => one.replace(/^W\//, '') === etag))
    return reply.code(304).send();
  if (coding !== 'identity') reply.header('content-encoding', coding);
  return reply.type(file.type).send(bytes);
}

/** The last part of a path. */
const nameOf = (path: string) => path.slice(path.lastIndexOf('/') + 1);

const hidden = { schema: { hide: true } } as const;
const anyOrigin = { ...hidden, config: { anyOrigin: true } } as const;

export const pages: FastifyPluginAsync<{ pages: Pages }> = async (app, { pages }) => {
  const path = ({ url }: FastifyRequest) => url.split('?', 1)[0] as string;

  app.get('/widget.js', anyOrigin, async (request, reply) => send(request, reply, pages.get('/widget.js')));
  // A page that was opened before an update asks for files of a build that is gone: today's of that name take their place.
  const ofWidget = new Map(
    [...pages.keys()].filter((one) => one.startsWith('/widget/')).map((one) => [nameOf(one), one]),
  );
  app.get('/widget/*', anyOrigin, async (request, reply) => {
    const asked = path(request);
    const instead = pages.has(asked) ? undefined : ofWidget.get(nameOf(asked));
    if (instead === undefined) return send(request, reply, pages.get(asked));
    return reply.header('cache-control', 'no-store').redirect(instead);
  });
  app.get('/demo', hidden, async (request, reply) => send(request, reply, pages.get('/demo')));
  app.get('/demo/*', hidden, async (request, reply) => send(request, reply, pages.get(path(request))));
  app.get('/console', hidden, async (request, reply) => send(request, reply, pages.get('/console')));
  // The console names its views by paths of its own; a path that looks like a file is one, or nothing.
  app.get('/console/*', hidden, async (request, reply) => {
    const asked = path(request);
    const view = !nameOf(asked).includes('.');
    return send(request, reply, pages.get(asked) ?? (view ? pages.get('/console') : undefined));
  });
  // The first admin's link and every link in a mail lead to the bare address; their secret stands in the fragment, which
  // browsers carry along.
  app.get('/', hidden, async (_request, reply) => reply.redirect('/console'));
};
