/** A working set with people in it, and a judge over it: no store, no clock. */
import type { By } from '../../../src/chat/caller.ts';
import { peopleRules } from '../../../src/chat/decide/people.ts';
import { Rates } from '../../../src/chat/decide/rates.ts';
import type { Rule, Ruling } from '../../../src/chat/decide/rule.ts';
import type { NewSession, PeopleChange } from '../../../src/chat/people/people-change.ts';
import type { ApiKeyRow, LinkRow, SessionRow, UserRow } from '../../../src/db/rows.ts';
import { identityKey, WorkingSet } from '../../../src/db/working-set.ts';
import { Refusal } from '../../../src/protocol/refusal.ts';

const MANY = { rate: 1_000_000, burst: 1_000_000 };

export const AT = Date.UTC(2026, 10, 1, 12);

export function peopleSet() {
  const set = new WorkingSet({
    id: 1,
    epoch: 'e',
    position: 0,
    lastId: 1000,
    fileBytes: 0,
    searchMark: 0,
    searchVersion: 0,
  });
  let key = 0;
  const rates = new Rates(() => performance.now());

  function judge(change: PeopleChange, at: number = AT): Ruling {
    const rule = peopleRules[change.type] as Rule<PeopleChange>;
    const limits = {
      maxLength: 1000,
      editWindowMs: 0,
      direct: 'team' as const,
      sends: MANY,
      visitorSends: MANY,
      maxFiles: 10,
      pendingUploads: 20,
      filesTotal: 1_000_000,
    };
    return rule.decide({ set, position: at * 1000, at, limits, rates, told: [] }, change);
  }

  return {
    set,
    judge,

    /** The code that a change is refused with, and that nothing is to be written for it; null when it is not. */
    refused(change: PeopleChange, at: number = AT): string | null {
      const before = Object.values(set.marked).map((marked) => marked.size);
      try {
        judge(change, at);
        return null;
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        const after = Object.values(set.marked).map((marked) => marked.size);
        if (String(after) !== String(before))
          throw new Error(`refused with ${error.code}, and yet something is written`);
        return error.code;
      }
    },

    user(name: string, more: Partial<UserRow> = {}, externalId: string | null = null): UserRow {
      key += 1;
      const row: UserRow = {
        id: key,
        uuid: `00000000-0000-7000-8000-${String(key).padStart(12, '0')}`,
        role: 'user',
        anonymous: false,
        name,
        email: null,
        title: null,
        avatar: null,
        password: null,
        fields: {},
        createdAt: 0,
        lastSeenAt: null,
        blockedAt: null,
        disabledAt: null,
        erasedAt: null,
        mergedInto: null,
        notifications: {},
        ...more,
      };
      set.addUser(row);
      set.externalIds.set(row.id, externalId);
      if (externalId !== null) {
        set.identities.set(identityKey('host', externalId), { provider: 'host', subject: externalId, user: row.id });
      }
      if (row.email !== null && (row.password !== null || row.role !== 'user')) set.usersByEmail.set(row.email, row);
      return row;
    },

    session(user: UserRow, more: Partial<SessionRow> = {}): SessionRow {
      key += 1;
      const row: SessionRow = {
        id: key,
        uuid: `00000000-0000-7000-9000-${String(key).padStart(12, '0')}`,
        user: user.id,
        kind: 'login',
        hash: `hash-${key}`,
        previousHash: null,
        rotatedAt: null,
        createdAt: 0,
        expiresAt: AT + 1_000_000,
        usedDay: 0,
        revokedAt: null,
        address: null,
        userAgent: null,
        ...more,
      };
      set.rows.sessions.set(row.id, row);
      return row;
    },

    key(...scopes: string[]): ApiKeyRow {
      key += 1;
      const row: ApiKeyRow = {
        id: key,
        uuid: `00000000-0000-7000-a000-${String(key).padStart(12, '0')}`,
        hash: `key-${key}`,
        name: 'key',
        scopes,
        createdAt: 0,
        usedAt: null,
        expiresAt: null,
      };
      set.rows.apiKeys.set(row.id, row);
      return row;
    },

    link(more: Partial<LinkRow> = {}): LinkRow {
      key += 1;
      const row: LinkRow = {
        id: key,
        hash: `link-${key}`,
        kind: 'password',
        user: null,
        role: null,
        createdAt: 0,
        expiresAt: AT + 1000,
        usedAt: null,
        ...more,
      };
      set.rows.links.set(row.id, row);
      return row;
    },
  };
}

export function byUser(user: UserRow, session: number | null = null): By {
  return { user: user.id, session, line: null, key: null };
}

export function byKey(key: ApiKeyRow): By {
  return { user: null, session: null, line: null, key: key.id };
}

export function newSession(more: Partial<NewSession> = {}): NewSession {
  return {
    uuid: '00000000-0000-7000-b000-000000000001',
    kind: 'login',
    hash: 'new',
    expiresAt: AT + 1000,
    address: null,
    userAgent: null,
    ...more,
  };
}
