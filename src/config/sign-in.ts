import { Type } from 'typebox';

/** The keys of the host whose page Parley sits on, what its tokens may say, and the first admin. */
export const signIn = {
  jwtSecret: Type.Optional(
    Type.String({
      env: 'PARLEY_JWT_SECRET',
      description:
        "Secret that the host signs its users' tokens with (HS256), and names visitors with (HMAC of their ids).",
      example: '"$(openssl rand -base64 32)"',
      form: 'secret',
      secret: true,
    }),
  ),
  jwtPublicKey: Type.Optional(
    Type.String({
      env: 'PARLEY_JWT_PUBLIC_KEY',
      description: "The host's public key (RS256, ES256 or EdDSA): the PEM text itself, or the name of its file.",
      example: '/etc/parley/host-public.pem',
      form: 'publicKey',
    }),
  ),
  jwtJwks: Type.Optional(
    Type.String({
      env: 'PARLEY_JWT_JWKS',
      description: "File with the host's public keys as a JSON Web Key Set.",
      example: '/etc/parley/host-jwks.json',
      form: 'file',
    }),
  ),
  jwtIssuer: Type.Optional(
    Type.String({
      env: 'PARLEY_JWT_ISSUER',
      description: "The `iss` that the host's tokens must carry. Not set: not looked at.",
      example: 'https://example.com',
      form: 'line',
    }),
  ),
  jwtAudience: Type.Optional(
    Type.String({
      env: 'PARLEY_JWT_AUDIENCE',
      description: "The `aud` that the host's tokens must carry. Not set: not looked at.",
      example: 'parley',
      form: 'line',
    }),
  ),
  jwtRoles: Type.Boolean({
    env: 'PARLEY_JWT_ROLES',
    description: "Whether the `role` in the host's tokens is honoured. Whoever signs them can then make admins.",
    default: false,
    example: 'true',
  }),
  jwtRooms: Type.Boolean({
    env: 'PARLEY_JWT_ROOMS',
    description: "Whether the `rooms` in the host's tokens (a list of their `externalId`) are joined at sign-in.",
    default: false,
    example: 'true',
  }),
  adminEmail: Type.Optional(
    Type.String({
      env: 'PARLEY_ADMIN_EMAIL',
      description: 'E-mail address of the first admin. Read on the first start only, together with the password.',
      example: 'ann@example.com',
      form: 'email',
    }),
  ),
  adminPassword: Type.Optional(
    Type.String({
      env: 'PARLEY_ADMIN_PASSWORD',
      description: 'Password of the first admin. Read on the first start only, together with the e-mail address.',
      example: '"$(cat /run/secrets/parley-admin)"',
      form: 'password',
      secret: true,
    }),
  ),
  visitorTokenDays: Type.Integer({
    env: 'PARLEY_VISITOR_TOKEN_DAYS',
    description: "Days that a visitor's token lives without being used.",
    default: 180,
    minimum: 1,
    maximum: 3650,
    example: '30',
  }),
};
