/** `/openapi.json`: every route is documented, with its answers, its parameters and who may call it. */
import t from 'tap';
import type { Body } from '../helper.ts';
import { startServer } from './server.ts';

const server = await startServer(t);
const { document } = server;

/** The table of routes: success answers by their shape ('' for none), and whether a credential is needed. */
const routes: [route: string, answers: Record<number, string>, credential?: 'none' | 'either'][] = [
  ['POST /v1/visitors', { 200: '{user: Me, token}', 201: '{user: Me, token}' }, 'either'],
  ['POST /v1/auth/login', { 200: '{user: Me, token, refreshToken?}' }, 'none'],
  ['POST /v1/auth/refresh', { 200: '{user: Me, token, refreshToken?}' }, 'none'],
  ['POST /v1/auth/link', { 200: '{user: Me, token, refreshToken?}' }, 'none'],
  ['POST /v1/auth/logout', { 204: '' }],
  ['GET /v1/me', { 200: 'Me' }],
  ['PATCH /v1/me', { 200: 'Me' }],
  ['GET /v1/me/ticket', { 200: 'Ticket' }],
  ['POST /v1/tokens', { 201: '{user: Me, token}' }],
  ['GET /v1/users', { 200: '{items: User[], next}' }],
  ['POST /v1/users', { 201: 'User' }],
  ['GET /v1/users/{id}', { 200: 'User' }],
  ['PATCH /v1/users/{id}', { 200: 'User' }],
  ['POST /v1/users/{id}/block', { 200: 'User' }],
  ['POST /v1/users/{id}/unblock', { 200: 'User' }],
  ['GET /v1/users/{id}/export', { 200: '' }],
  ['POST /v1/conversations', { 200: 'Conversation', 201: 'Conversation' }],
  ['GET /v1/conversations', { 200: '{items: Conversation[], next}' }],
  ['GET /v1/conversations/{id}', { 200: 'Conversation' }],
  ['PATCH /v1/conversations/{id}', { 200: 'Conversation' }],
  ['POST /v1/conversations/{id}/read', { 200: '{readSeq, unread}' }],
  ['POST /v1/conversations/{id}/delivered', { 204: '' }],
  ['POST /v1/conversations/{id}/typing', { 204: '' }],
  ['GET /v1/conversations/{id}/messages', { 200: 'History' }],
  ['POST /v1/conversations/{id}/messages', { 200: 'Message | WithReply', 201: 'Message | WithReply' }],
  ['POST /v1/messages', { 200: 'Message | WithReply', 201: 'Message | WithReply' }],
  ['GET /v1/conversations/{id}/messages/{messageId}', { 200: 'Message' }],
  ['PATCH /v1/conversations/{id}/messages/{messageId}', { 200: 'Message' }],
  ['DELETE /v1/conversations/{id}/messages/{messageId}', { 200: 'Message' }],
  ['POST /v1/conversations/{id}/messages/{messageId}/stop', { 200: 'Message' }],
  ['GET /v1/conversations/{id}/participants', { 200: '{items: Participant[], next}' }],
  ['POST /v1/conversations/{id}/participants', { 200: 'Participant', 201: 'Participant' }],
  ['DELETE /v1/conversations/{id}/participants/{userId}', { 204: '' }],
  ['GET /v1/conversations/{id}/sync', { 200: 'Sync' }],
  ['GET /v1/changes', { 200: 'Changes' }],
  ['GET /v1/events', { 200: '' }],
  ['GET /v1/unread', { 200: '{total, conversations, team?}' }],
  ['GET /v1/presence', { 200: '{users: Presence[]}' }],
  ['PUT /v1/presence', { 204: '' }],
  ['GET /v1/api-keys', { 200: '{items: ApiKey[], next}' }],
  ['POST /v1/api-keys', { 201: 'ApiKey' }],
  ['GET /v1/api-keys/{id}', { 200: 'ApiKey' }],
  ['PATCH /v1/api-keys/{id}', { 200: 'ApiKey' }],
  ['DELETE /v1/api-keys/{id}', { 204: '' }],
  ['GET /v1/widget/config', { 200: 'WidgetConfig' }, 'none'],
  ['GET /healthz', { 200: '' }, 'none'],
  ['GET /readyz', { 200: '' }, 'none'],
];

const operation = (route: string): Body => {
  const [method = '', path = ''] = route.split(' ');
  return document.paths[path]?.[method.toLowerCase()];
};

/** A schema in the words of the table. */
function words(schema: Body): string {
  if (schema === undefined) return '';
  if (schema.$ref !== undefined) return schema.$ref.split('/').at(-1);
  if (schema.anyOf !== undefined) return schema.anyOf.map(words).filter(Boolean).join(' | ');
  if (schema.type === 'array') return `${words(schema.items)}[]`;
  if (schema.type !== 'object') return '';
  const told = Object.entries(schema.properties).map(([name, property]) => {
    const shape = words(property);
    const optional = schema.required?.includes(name) === true ? '' : '?';
    return /^[A-Z]/.test(shape) ? `${name}${optional}: ${shape}` : `${name}${optional}`;
  });
  return `{${told.join(', ')}}`;
}

t.test('each route is there with its answers', async (t) => {
  for (const [route, answers] of routes) {
    const found = operation(route);
    if (found === undefined) t.fail(`${route} is not documented`);
    else {
      for (const [status, shape] of Object.entries(answers)) {
        const response = found.responses[status];
        t.ok(response, `${route} ${status}`);
        if (shape === '' && status === '204') t.notOk(response?.content, `${route} ${status} has no body`);
        if (shape !== '')
          t.equal(
            words(response?.content['application/json'].schema).replace(', merged?', ''),
            shape,
            `${route} ${status}`,
          );
      }
      if (route.includes('/v1/'))
        t.equal(words(found.responses.default?.content['application/json'].schema), 'HttpFailure', `${route} fails`);
    }
  }
});

t.test('who may call it: a credential or none', async (t) => {
  const bearer = JSON.stringify([{ bearer: [] }]);
  t.match(document.components.securitySchemes.bearer, { type: 'http', scheme: 'bearer' });
  for (const [route, , credential] of routes) {
    const security = JSON.stringify(operation(route)?.security ?? document.security).replace(/^\[\]$/, '[{}]');
    const wanted = credential === 'none' ? '[{}]' : credential === 'either' ? '[{},{"bearer":[]}]' : bearer;
    t.equal(security, wanted, route);
    if (credential !== undefined) continue;
    const [method = '', path = ''] = route.split(' ');
    const concrete = path.replaceAll(/\{\w+\}/g, '01890a5d-ac96-774b-bcce-b302099a8057');
    const answer = await server.request(method, concrete);
    t.match(answer, { status: 401, body: { code: 'UNAUTHENTICATED' } }, `${route} without a credential`);
  }
});

t.test('no route of /v1 is undocumented, none stands there twice', async (t) => {
  const known = new Set(routes.map(([route]) => route));
  const there = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.keys(operations as object).map((method) => `${method.toUpperCase()} ${path}`),
  );
  for (const route of there) {
    if (!known.has(route)) t.comment(`${route} is beyond this table`);
  }
  t.equal(new Set(there).size, there.length);
  t.ok(routes.every(([route]) => there.includes(route)));
});

t.test('every parameter of a path and a query is documented with its schema', async (t) => {
  const queries: [route: string, names: string[]][] = [
    [
      'GET /v1/conversations',
      ['kind', 'status', 'queue', 'assignee', 'customer', 'externalId', 'unread', 'order', 'limit', 'cursor'],
    ],
    ['GET /v1/conversations/{id}/messages', ['before', 'after', 'around', 'afterSeq', 'limit']],
    ['GET /v1/conversations/{id}/sync', ['since', 'epoch']],
    ['GET /v1/changes', ['cursor', 'wait']],
    ['GET /v1/events', ['inbox', 'view', 'presence']],
    ['GET /v1/presence', ['users']],
  ];
  for (const [route, names] of queries) {
    const told = (operation(route)?.parameters ?? [])
      .filter((one: Body) => one.in === 'query')
      .map(({ name }: Body) => name);
    for (const name of names) t.ok(told.includes(name), `${route}?${name}`);
  }
  for (const [route] of routes) {
    const inPath = [...route.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    const told = (operation(route)?.parameters ?? [])
      .filter((one: Body) => one.in === 'path')
      .map(({ name }: Body) => name);
    t.same(told.sort(), inPath.sort(), route);
  }
});

/** The shapes, property by property; `?` where one may be absent. */
const shapes: Record<string, string> = {
  Person: 'id name role title? avatar?',
  // Answers may gain properties: which messages of the server's somebody wants is theirs to know.
  Me: 'id name role title? avatar? anonymous externalId? email? fields notifications?',
  User: 'id name role title? avatar? anonymous externalId? email? fields createdAt lastSeenAt blockedAt disabledAt secondFactor?',
  Attachment: 'id name type size width? height? url?',
  Message:
    'id conversationId seq rev kind author ai content attachments state? quickReplies? system? afterSeq? createdAt editedAt deletedAt',
  Participant: 'user joinedAt leftAt moderator rev readSeq readAt deliveredSeq',
  Conversation:
    'id kind seq rev status subject externalId? maxLength participants participantCount? assignee? queue? teamReadSeq? teamReadAt? waiting? rating? last activity createdAt closedAt my? team?',
  Team: 'id seq rev tags snoozedUntil ip userAgent context',
  Context: 'page? title? referrer? language? timeZone?',
  Sync: 'epoch reset more rev conversation participants messages reads?',
  Read: 'userId seq at',
  Changes: 'epoch reset more cursor conversations removed',
  History: 'epoch rev items reads?',
  Counts: 'queue mine open snoozed',
  Presence: 'id state lastSeenAt',
  Draft: 'id? content? attachments? attachmentUrl? quickReplies? kind?',
  Welcome: 'type version user heartbeatMs limits ticket synced epoch reset more cursor conversations removed',
  Ticket: 'value expiresAt',
  Limits: 'maxLength maxFrame maxFile maxFiles fileTypes editWindowMs',
  Failure: 'code message retryMs? details?',
  HttpFailure: 'statusCode error code message retryMs? details?',
  ApiKey: 'id name scopes createdAt lastUsedAt expiresAt key?',
};

t.test('the shapes have the properties of the page, no more and no fewer', async (t) => {
  for (const [name, properties] of Object.entries(shapes)) {
    const schema = document.components.schemas[name];
    t.ok(schema, name);
    const told = Object.keys(schema?.properties ?? {}).map((key) => (schema.required?.includes(key) ? key : `${key}?`));
    t.same(told.sort(), properties.split(' ').sort(), name);
  }
});

t.test('the codes of errors are those of the page', async (t) => {
  const codes =
    'VALIDATION BAD_JSON UNKNOWN_TYPE UNAUTHENTICATED TOKEN_EXPIRED MERGED FORBIDDEN BLOCKED NOT_FOUND ID_REUSED ALREADY_CLAIMED NEWER_MESSAGES CLOSED STREAMING EDIT_WINDOW DELETED NO_BOT ATTACHMENT_GONE IN_USE TOO_LARGE UNSUPPORTED_TYPE RATE_LIMITED INTERNAL BOT_FAILED OVERLOADED BOT_LATE STORAGE_FULL';
  t.same([...document.components.schemas.Failure.properties.code.enum].sort(), codes.split(' ').sort());
});

t.test('the events are those of the page', async (t) => {
  const events =
    'message.created message.updated message.deleted participant.updated conversation.created conversation.updated conversation.removed participant.read me.updated message.delta typing viewer presence inbox.counts bye';
  const said = JSON.stringify(document.components.schemas.Event);
  for (const type of events.split(' ')) t.ok(said.includes(`"${type}"`), type);
});

t.test('/docs shows it', async (t) => {
  const page = await server.request('GET', '/docs/');
  t.equal(page.status, 200);
});
