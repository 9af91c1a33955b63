import { Type } from 'typebox';

/** Signing the team in by a provider that knows them already. */
export const openid = {
  oidcIssuer: Type.Optional(
    Type.String({
      env: 'PARLEY_OIDC_ISSUER',
      description:
        'The provider by which the team signs in. It is to send people back to `/v1/auth/openid/callback` of ' +
        '`PARLEY_PUBLIC_URL`.',
      example: 'https://accounts.example.com',
      form: 'issuer',
    }),
  ),
  oidcClientId: Type.Optional(
    Type.String({
      env: 'PARLEY_OIDC_CLIENT_ID',
      description: 'What the provider calls this server.',
      example: 'parley',
      form: 'line',
    }),
  ),
  oidcClientSecret: Type.Optional(
    Type.String({
      env: 'PARLEY_OIDC_CLIENT_SECRET',
      description: 'What this server shows the provider. Not set: it is a public client there, by PKCE alone.',
      example: '"$(cat /run/secrets/parley-oidc)"',
      form: 'line',
      secret: true,
    }),
  ),
  oidcName: Type.String({
    env: 'PARLEY_OIDC_NAME',
    description: 'What the team calls the provider: on the button.',
    default: 'OpenID Connect',
    example: '"Example account"',
    form: 'line',
  }),
  oidcDomains: Type.Array(Type.String(), {
    env: 'PARLEY_OIDC_DOMAINS',
    description: 'Only people with a verified e-mail address of these domains come in. Not set: of any.',
    default: [],
    example: 'example.com,example.org',
    form: 'domain',
  }),
  oidcUnknown: Type.Enum(['refuse', 'peer', 'agent'], {
    env: 'PARLEY_OIDC_UNKNOWN',
    description:
      'What becomes of people whose address nobody of the team has: refused until they are invited, or made that.',
    default: 'refuse',
    example: 'agent',
  }),
};
