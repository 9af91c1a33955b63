/** The host's API keys, managed by admins. */
import type { ApiKeyRow } from '../../db/rows.ts';
import type { Writer } from '../../db/writer.ts';
import type { ApiKey } from '../../protocol/api-key.ts';
import type { ApiKeyBody, ApiKeyPatch, ApiKeysQuery } from '../../protocol/http-api-keys.ts';
import { normaliseId } from '../../protocol/id.ts';
import { DEFAULT_PAGE } from '../../protocol/limits.ts';
import { misshapen, Refusal } from '../../protocol/refusal.ts';
import { isAdmin } from '../access.ts';
import { byOf, type Caller } from '../caller.ts';
import type { Change } from '../change.ts';
import type { Publication } from '../publication.ts';
import { hashOf, newCredential } from './credential.ts';
import { pageOf, readIdCursor } from './id-cursor.ts';
import type { PeopleReadings } from './people-readings.ts';
import { apiKeyView } from './people-view.ts';

/** What a key may be for; `*` is all of it. */
export const SCOPES = ['*', 'tokens', 'users', 'conversations', 'conversations:all', 'messages'];

export type Keys = ReturnType<typeof createKeys>;

export function createKeys(readings: PeopleReadings, writer: Writer<Change, Publication>, now: () => number) {
  /** For all but admins there is no key. */
  async function keyFor(caller: Caller, keyId: string): Promise<ApiKeyRow> {
    const key = await readings.apiKeyByUuid.get({ uuid: normaliseId(keyId) });
    if (!isAdmin(caller) || key === undefined) throw new Refusal('NOT_FOUND');
    return key;
  }

  return {
    /** Newest first. */
    async list(caller: Caller, query: ApiKeysQuery): Promise<{ items: ApiKey[]; next: string | null }> {
      if (!isAdmin(caller)) throw new Refusal('FORBIDDEN');
      const { limit = DEFAULT_PAGE, cursor } = query;
      const rows = await readings.apiKeysBefore.all({ before: readIdCursor(cursor), limit: limit + 1 });
      return pageOf(rows, limit, ({ id }) => id, apiKeyView);
    },

    async get(caller: Caller, keyId: string): Promise<ApiKey> {
      return apiKeyView(await keyFor(caller, keyId));
    },

    /** The answer has the key itself, this once. */
    async create(caller: Caller, body: ApiKeyBody): Promise<ApiKey & { key: string }> {
      if (!isAdmin(caller)) throw new Refusal('FORBIDDEN');
      checkScopes(body.scopes);
      const key = newCredential('key');
      const made = await writer.submit<ApiKey>({
        type: 'apiKey.create',
        by: byOf(caller),
        hash: hashOf(key),
        name: body.name,
        scopes: body.scopes,
        expiresAt: endOf(body.expiresAt, now()) ?? null,
      });
      return { ...made, key };
    },

    async patch(caller: Caller, keyId: string, { name, scopes, expiresAt }: ApiKeyPatch): Promise<ApiKey> {
      const key = await keyFor(caller, keyId);
      if (scopes !== undefined) checkScopes(scopes);
      const end = endOf(expiresAt, now());
      return writer.submit<ApiKey>({
        type: 'apiKey.patch',
        by: byOf(caller),
        key: key.id,
        ...(name === undefined ? {} : { name }),
        ...(scopes === undefined ? {} : { scopes }),
        ...(end === undefined ? {} : { expiresAt: end }),
      });
    },

    async delete(caller: Caller, keyId: string): Promise<void> {
      const key = await keyFor(caller, keyId);
      await writer.submit<null>({ type: 'apiKey.delete', by: byOf(caller), key: key.id });
    },
  };
}

function checkScopes(scopes: readonly string[]): void {
  const unknown = scopes.findIndex((scope) => !SCOPES.includes(scope));
  if (unknown >= 0) throw misshapen(`scopes.${unknown}`, `must be one of ${SCOPES.join(', ')}`);
}

function endOf(expiresAt: string | null | undefined, now: number): number | null | undefined {
  if (expiresAt === null || expiresAt === undefined) return expiresAt;
  const end = Date.parse(expiresAt);
  if (end <= now) throw misshapen('expiresAt', 'must lie ahead');
  return end;
}
