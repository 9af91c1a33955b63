import { type Static, Type } from 'typebox';
import { ClaimedPassword, LoginCode } from './http-auth.ts';
import { nullable, received } from './schema.ts';
import { Count, Time } from './words.ts';

/** GET /v1/me/totp; since: when it was switched on, null: it is off. recoveryCodes: how many are left. */
export const TotpState = Type.Object({ since: nullable(Time), recoveryCodes: Count });
export type TotpState = Static<typeof TotpState>;

/** POST /v1/me/totp */
export const TotpBody = received({ password: ClaimedPassword });
export type TotpBody = Static<typeof TotpBody>;

/** The secret for the app, told this once: as text (Base32), and as the address that a QR code holds. */
export const TotpSecret = Type.Object({ secret: Type.String(), uri: Type.String() });
export type TotpSecret = Static<typeof TotpSecret>;

/** POST /v1/me/totp/confirm */
export const TotpConfirmBody = received({ code: LoginCode });

/** DELETE /v1/me/totp, POST /v1/me/totp/recovery-codes */
export const TotpProof = received({ password: ClaimedPassword, code: LoginCode });
export type TotpProof = Static<typeof TotpProof>;

/** Each signs in once in place of the app's code. Told this once. */
export const RecoveryCodes = Type.Object({ recoveryCodes: Type.Array(Type.String()) });
export type RecoveryCodes = Static<typeof RecoveryCodes>;
