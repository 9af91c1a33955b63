/** The page on which the API's document is read, at /docs: Swagger UI, from memory. */
import { hash } from 'node:crypto';
import type { FastifyPluginAsync } from 'fastify';
import { Refusal } from '../protocol/refusal.ts';

/** What of Swagger UI's own files the page is made of, with their types. */
export const API_PAGE_FILES: ReadonlyMap<string, string> = new Map([
  ['swagger-ui.css', 'text/css; charset=utf-8'],
  ['index.css', 'text/css; charset=utf-8'],
  ['swagger-ui-bundle.js', 'text/javascript; charset=utf-8'],
  ['favicon-16x16.png', 'image/png'],
  ['favicon-32x32.png', 'image/png'],
]);

export interface ApiPageOptions {
  /** Gives one of {@link API_PAGE_FILES} by its name. */
  read: (name: string) => Uint8Array;
}

const INITIALIZER = 'swagger-initializer.js';
const STATIC = '/docs/static';

const PAGE = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Parley's API</title>
<link rel="stylesheet" href="${STATIC}/swagger-ui.css">
<link rel="stylesheet" href="${STATIC}/index.css">
<link rel="icon" type="image/png" href="${STATIC}/favicon-32x32.png" sizes="32x32">
<link rel="icon" type="image/png" href="${STATIC}/favicon-16x16.png" sizes="16x16">
</head>
<body>
<div id="swagger-ui"></div>
<script src="${STATIC}/swagger-ui-bundle.js"></script>
<script src="${STATIC}/${INITIALIZER}"></script>
</body>
</html>
`;

const SCRIPT = `window.onload = () => SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  validatorUrl: null,
});
`;

const hidden = { schema: { hide: true } } as const;

export const apiPage: FastifyPluginAsync<ApiPageOptions> = async (app, { read }) => {
  const kept = new Map<string, { bytes: Uint8Array; etag: string }>();

  /** Read when it is first asked for: few ever look. */
  function file(name: string): { bytes: Uint8Array; etag: string } {
    const known = kept.get(name);
    if (known !== undefined) return known;
    const bytes = name === INITIALIZER ? Buffer.from(SCRIPT) : read(name);
    const made = { bytes, etag: `"${hash('sha256', bytes, 'base64url')}"` };
    kept.set(name, made);
    return made;
  }

  for (const url of ['/docs', '/docs/']) {
    app.get(url, hidden, async (_request, reply) => reply.type('text/html; charset=utf-8').send(PAGE));
  }

  app.get<{ Params: { name: string } }>(`${STATIC}/:name`, hidden, async (request, reply) => {
    const { name } = request.params;
    const type = name === INITIALIZER ? 'text/javascript; charset=utf-8' : API_PAGE_FILES.get(name);
    if (type === undefined) throw new Refusal('NOT_FOUND');
    const { bytes, etag } = file(name);
    reply.header('cache-control', 'no-cache').header('etag', etag);
    if (request.headers['if-none-match'] === etag) return reply.code(304).send();
    return reply.type(type).send(bytes);
  });
};
