import { Type } from 'typebox';
import { conversations } from './conversations.ts';
import { files } from './files.ts';
import { network } from './network.ts';
import { notices } from './notices.ts';
import { openid } from './openid.ts';
import { outgoing } from './outgoing.ts';
import { rates } from './rates.ts';
import { running } from './running.ts';
import { signIn } from './sign-in.ts';
import { sockets } from './sockets.ts';
import { storage } from './storage.ts';

/** The settings as people look for them: the titles and the order of the help and of docs/settings.md. */
export const groups = {
  Network: network,
  Storage: storage,
  'Sign-in': signIn,
  'OpenID Connect': openid,
  Conversations: conversations,
  Files: files,
  Outgoing: outgoing,
  'Mail and notices': notices,
  Rates: rates,
  Sockets: sockets,
  'Log and end': running,
};

/**
 * Every setting of Parley, the one schema. Beside JSON Schema's keywords each property has `env` (the environment
 * variable), `example` (a value as it is written there), and where it needs them `form` (a rule of forms.ts) and
 * `secret` (never shown).
 */
export const settingsSchema = Type.Object(
  {
    ...network,
    ...storage,
    ...signIn,
    ...openid,
    ...conversations,
    ...files,
    ...outgoing,
    ...notices,
    ...rates,
    ...sockets,
    ...running,
  },
  { additionalProperties: false },
);
