/** People's rows as they are told: to themselves, and to the team. */
import type { ApiKeyRow, PasskeyRow, SessionRow, UserRow } from '../../db/rows.ts';
import type { ApiKey } from '../../protocol/api-key.ts';
import type { Passkey } from '../../protocol/http-passkeys.ts';
import type { Session } from '../../protocol/http-sessions.ts';
import type { Me, User } from '../../protocol/person.ts';
import { personOfUser, timeOf, timeOrNull } from '../views.ts';

/** @param externalId the host's own id of the user */
export function meView(user: UserRow, externalId: string | null): Me {
  return {
    ...personOfUser(user),
    anonymous: user.anonymous,
    ...(externalId === null ? {} : { externalId }),
    ...(user.email === null ? {} : { email: user.email }),
    fields: user.fields,
    ...(Object.keys(user.notifications).length === 0 ? {} : { notifications: user.notifications }),
  };
}

/** {@link meView}, and what only the team may know. */
export function userView(user: UserRow, externalId: string | null): User {
  return {
    ...meView(user, externalId),
    createdAt: timeOf(user.createdAt),
    lastSeenAt: timeOrNull(user.lastSeenAt),
    blockedAt: timeOrNull(user.blockedAt),
    disabledAt: timeOrNull(user.disabledAt),
  };
}

/** @param current whether it is the session that asks */
export function sessionView(row: SessionRow, current: boolean): Session {
  return {
    id: row.uuid,
    kind: row.kind,
    current,
    createdAt: timeOf(row.createdAt),
    expiresAt: timeOf(row.expiresAt),
    address: row.address,
    userAgent: row.userAgent,
  };
}

export function passkeyView({ uuid: id, name, createdAt, usedAt }: PasskeyRow): Passkey {
  return { id, name, createdAt: timeOf(createdAt), usedAt: timeOrNull(usedAt) };
}

export function apiKeyView(row: ApiKeyRow): ApiKey {
  return {
    id: row.uuid,
    name: row.name,
    scopes: row.scopes,
    createdAt: timeOf(row.createdAt),
    lastUsedAt: timeOrNull(row.usedAt),
    expiresAt: timeOrNull(row.expiresAt),
  };
}
