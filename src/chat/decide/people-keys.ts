/** The host's API keys: made, changed and taken away by admins. */
import type { ApiKeyRow } from '../../db/rows.ts';
import type { WorkingSet } from '../../db/working-set.ts';
import { Refusal } from '../../protocol/refusal.ts';
import type { By } from '../caller.ts';
import type {
  CreateApiKeyChange,
  DeleteApiKeyChange,
  PatchApiKeyChange,
  UseApiKeyChange,
} from '../people/key-change.ts';
import { apiKeyView } from '../people/people-view.ts';
import { userAsking, wantAsker } from './asker.ts';
import { note } from './audit.ts';
import { madeId } from './made-id.ts';
import type { Rule } from './rule.ts';

export const createApiKey: Rule<CreateApiKeyChange> = {
  want(change, want) {
    if (change.by !== null) wantAsker(change.by, want);
  },
  decide(given, { type, by, hash, name, scopes, expiresAt }) {
    const { set, at } = given;
    if (by !== null && userAsking(set, by).role !== 'admin') throw new Refusal('FORBIDDEN');
    const id = set.nextId();
    const key: ApiKeyRow = {
      id,
      uuid: madeId(given, id),
      hash,
      name,
      scopes,
      createdAt: at,
      usedAt: null,
      expiresAt,
    };
    set.rows.apiKeys.set(id, key);
    set.marked.apiKeys.insert(key);
    note(given, by, { action: type, target: targetOf(key), details: { scopes } });
    return { value: apiKeyView(key), publications: [] };
  },
};

export const patchApiKey: Rule<PatchApiKeyChange> = {
  want(change, want) {
    wantAsker(change.by, want);
    want.row('apiKeys', change.key);
  },
  decide(given, { type, by, key: id, name, scopes, expiresAt }) {
    const { set } = given;
    const key = keyFor(set, by, id);
    if (name !== undefined) key.name = name;
    if (scopes !== undefined) key.scopes = scopes;
    if (expiresAt !== undefined) key.expiresAt = expiresAt;
    set.marked.apiKeys.save(key);
    note(given, by, { action: type, target: targetOf(key), details: scopes === undefined ? {} : { scopes } });
    return { value: apiKeyView(key), publications: [] };
  },
};

export const deleteApiKey: Rule<DeleteApiKeyChange> = {
  want(change, want) {
    if (change.by !== null) wantAsker(change.by, want);
    want.row('apiKeys', change.key);
  },
  decide(given, { type, by, key: id }) {
    const { set } = given;
    const key = keyFor(set, by, id);
    set.rows.apiKeys.set(id, null);
    set.marked.apiKeys.remove(key);
    note(given, by, { action: type, target: targetOf(key) });
    return { value: null, publications: [] };
  },
};

export const markApiKeyUsed: Rule<UseApiKeyChange> = {
  want(change, want) {
    want.row('apiKeys', change.key);
  },
  decide({ set, at }, { key: id }) {
    const key = set.rows.apiKeys.get(id);
    if (key) {
      key.usedAt = at;
      set.marked.apiKeys.save(key);
    }
    return { value: null, publications: [] };
  },
};

function targetOf({ uuid }: ApiKeyRow) {
  return { type: 'apiKey', id: uuid };
}

/** Only admins know of keys: for all others there is none. */
function keyFor(set: WorkingSet, by: By | null, id: number): ApiKeyRow {
  const key = set.rows.apiKeys.get(id);
  if ((by !== null && userAsking(set, by).role !== 'admin') || !key) throw new Refusal('NOT_FOUND');
  return key;
}
