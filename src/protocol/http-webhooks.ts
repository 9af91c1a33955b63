import { type Static, Type } from 'typebox';
import { PageProperties } from './http-query.ts';
import { MAX_URL_LENGTH } from './limits.ts';
import { received, withRule } from './schema.ts';
import { WEBHOOK_EVENTS, WebhookEvent, WebhookKind } from './webhook.ts';
import { Id } from './words.ts';

/** The addresses themselves are judged when they are called: what a name means may change. */
const Url = withRule(
  Type.String({ maxLength: MAX_URL_LENGTH, pattern: '^https?://[^\\s/]\\S*$', description: 'an http or https URL' }),
  '',
  'must be a URL without a name and password in it',
  isPlain,
);
const Events = Type.Array(WebhookEvent, { minItems: 1, maxItems: WEBHOOK_EVENTS.length });
const Kinds = Type.Array(WebhookKind, { minItems: 1, maxItems: 3 });

/** POST /v1/webhooks; all events when none are named, of support conversations when no kinds are. */
export const WebhookBody = received({
  url: Url,
  events: Type.Optional(Events),
  kinds: Type.Optional(Kinds),
  enabled: Type.Optional(Type.Boolean()),
});
export type WebhookBody = Static<typeof WebhookBody>;

/** PATCH /v1/webhooks/:id */
export const WebhookPatch = received({
  url: Type.Optional(Url),
  events: Type.Optional(Events),
  kinds: Type.Optional(Kinds),
  enabled: Type.Optional(Type.Boolean()),
});
export type WebhookPatch = Static<typeof WebhookPatch>;

/** GET /v1/webhooks and GET /v1/webhooks/:id/deliveries */
export const WebhooksQuery = received(PageProperties);
export type WebhooksQuery = Static<typeof WebhooksQuery>;

/** /v1/webhooks/:id/deliveries/:deliveryId */
export const DeliveryParams = received({ id: Id, deliveryId: Id });

function isPlain(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { username, password } = new URL(text);
  return username === '' && password === '';
}
