import type { NewSession } from './people-change.ts';

/** Whom the OpenID provider named. */
export interface OpenidSignInChange {
  type: 'openid.signIn';
  issuer: string;
  subject: string;
  /** Verified, in lower case. */
  email: string;
  name: string | null;
  /** What somebody becomes whom nobody knows; null: refused. */
  unknown: 'peer' | 'agent' | null;
  session: NewSession;
}
