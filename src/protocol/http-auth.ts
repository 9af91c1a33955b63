import { type Static, Type } from 'typebox';
import {
  MAX_CODE_LENGTH,
  MAX_EMAIL_LENGTH,
  MAX_PASSWORD_LENGTH,
  MAX_TOKEN_LIFE_MS,
  MIN_PASSWORD_LENGTH,
} from './limits.ts';
import { Me } from './person.ts';
import { received, ref } from './schema.ts';
import { Email, Line, Time, Token } from './words.ts';

/** A password that somebody chooses. */
export const NewPassword = Type.String({ minLength: MIN_PASSWORD_LENGTH, maxLength: MAX_PASSWORD_LENGTH });
/** A password that somebody claims to have: no rule but a bound, so that the answer tells nothing. */
export const ClaimedPassword = Type.String({ maxLength: MAX_PASSWORD_LENGTH });

/** POST /v1/auth/login; `cookie`: the refresh token comes as an HttpOnly cookie and not in the answer. */
export const LoginBody = received({
  email: Type.String({ maxLength: MAX_EMAIL_LENGTH }),
  password: ClaimedPassword,
  cookie: Type.Optional(Type.Boolean()),
});
export type LoginBody = Static<typeof LoginBody>;

/** POST /v1/auth/refresh; without the token the cookie is meant. */
export const RefreshBody = received({ refreshToken: Type.Optional(Token) });
export type RefreshBody = Static<typeof RefreshBody>;

/** POST /v1/auth/link; the secret of a link's fragment. email: of the first admin, to log in with later; cookie: as of login. */
export const LinkBody = received({
  link: Token,
  password: Type.Optional(NewPassword),
  name: Type.Optional(Line()),
  email: Type.Optional(Email),
  cookie: Type.Optional(Type.Boolean()),
});
export type LinkBody = Static<typeof LinkBody>;

/** Six digits of an app, or a recovery code; blanks and hyphens do not matter. */
export const LoginCode = Type.String({ minLength: 1, maxLength: MAX_CODE_LENGTH });

/** POST /v1/auth/totp; the challenge of a 202, and the code that it asks for. */
export const SecondFactorBody = received({
  challenge: Token,
  code: LoginCode,
  cookie: Type.Optional(Type.Boolean()),
});
export type SecondFactorBody = Static<typeof SecondFactorBody>;

/** The password or the link is right, and a code is asked for: bring both to POST /v1/auth/totp. It is no session. */
export const ChallengeAnswer = Type.Object({ challenge: Type.String(), expiresAt: Time });
export type ChallengeAnswer = Static<typeof ChallengeAnswer>;

/** What login, refresh and link answer. */
export const SessionAnswer = Type.Object({
  user: ref(Me),
  token: Type.String(),
  refreshToken: Type.Optional(Type.String()),
});
export type SessionAnswer = Static<typeof SessionAnswer>;

/** POST /v1/auth/forgot */
export const ForgotBody = received({ email: Email });
export type ForgotBody = Static<typeof ForgotBody>;

/** POST /v1/invitations; with an address the link is mailed too, where mails can be sent. */
export const InvitationBody = received({
  role: Type.Enum(['peer', 'agent', 'admin']),
  email: Type.Optional(Email),
  name: Type.Optional(Line()),
});
export type InvitationBody = Static<typeof InvitationBody>;

export const InvitationAnswer = Type.Object({ link: Type.String(), mailed: Type.Boolean(), expiresAt: Time });
export type InvitationAnswer = Static<typeof InvitationAnswer>;

/** POST /v1/tokens: a user's token, asked for by an API key; `expiresIn` in seconds. */
export const TokenBody = received({
  externalId: Line(),
  name: Type.Optional(Line()),
  email: Type.Optional(Email),
  title: Type.Optional(Line()),
  expiresIn: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_TOKEN_LIFE_MS / 1000 })),
});
export type TokenBody = Static<typeof TokenBody>;

export const TokenAnswer = Type.Object({ user: ref(Me), token: Type.String() });
export type TokenAnswer = Static<typeof TokenAnswer>;
