/** The rules about people, by change. */
import type { PeopleChange } from '../people/people-change.ts';
import { eraseFrom, eraseRest, eraseText, eraseUser } from './erase-user.ts';
import { expireCredentials, removeVisitor } from './expire.ts';
import { exportUser } from './export-user.ts';
import { mergeStep } from './merge.ts';
import { createApiKey, deleteApiKey, markApiKeyUsed, patchApiKey } from './people-keys.ts';
import { putLink, useLink } from './people-links.ts';
import { createVisitor, patchMe } from './people-self.ts';
import { putSession, revokeSession, rotateSession, seenUser } from './people-sessions.ts';
import { nameVisitor, sightUser } from './people-sight.ts';
import { blockUser, createUser, patchUser } from './people-users.ts';
import type { Rule } from './rule.ts';

export const peopleRules: { [T in PeopleChange['type']]: Rule<Extract<PeopleChange, { type: T }>> } = {
  'visitor.create': createVisitor,
  'visitor.name': nameVisitor,
  'visitor.merge': mergeStep,
  'me.patch': patchMe,
  'user.create': createUser,
  'user.patch': patchUser,
  'user.sight': sightUser,
  'user.erase': eraseUser,
  'user.eraseText': eraseText,
  'user.eraseFrom': eraseFrom,
  'user.eraseRest': eraseRest,
  'user.export': exportUser,
  'visitor.remove': removeVisitor,
  'credentials.expire': expireCredentials,
  'user.block': blockUser,
  'user.unblock': blockUser,
  'user.seen': seenUser,
  'session.put': putSession,
  'session.rotate': rotateSession,
  'session.revoke': revokeSession,
  'link.put': putLink,
  'link.use': useLink,
  'apiKey.create': createApiKey,
  'apiKey.patch': patchApiKey,
  'apiKey.delete': deleteApiKey,
  'apiKey.use': markApiKeyUsed,
};
