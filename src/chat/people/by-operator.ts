/** What the operator does for somebody on the server's own machine: who has its data folder may do it. */
import type { Config } from '../../config.ts';
import type { UserRow } from '../../db/rows.ts';
import type { Store } from '../../db/store.ts';
import type { Writer } from '../../db/writer.ts';
import type { ApiKey } from '../../protocol/api-key.ts';
import type { Operator } from '../../protocol/operator.ts';
import type { Role, User } from '../../protocol/person.ts';
import { misshapen, Refusal } from '../../protocol/refusal.ts';
import type { Change } from '../change.ts';
import { alone, decider, want } from '../decide/judge.ts';
import { Rates } from '../decide/rates.ts';
import { limitsOfRules } from '../limits-of-rules.ts';
import type { Publication } from '../publication.ts';
import { hashOf, newCredential } from './credential.ts';
import { SCOPES } from './keys.ts';
import { putPasswordLink } from './password-link.ts';
import { type PeopleReadings, peopleReadings } from './people-readings.ts';
import { apiKeyView, userView } from './people-view.ts';

/** More than any team has. */
const MOST = 100_000;
const TEAM: readonly Role[] = ['admin', 'agent', 'peer', 'bot'];
const LINK_LIFE_MS = 24 * 60 * 60 * 1000;

interface Parts {
  readings: PeopleReadings;
  writer: Writer<Change, Publication>;
  /** ms */
  now: () => number;
}

/** Over a store that nobody else has open. Nobody listens: what is published goes nowhere. */
export function operatorAlone(store: Store, config: Config, now: () => number): Operator {
  const writer = store.openWriter<Change, Publication>({
    alone,
    want,
    decide: decider(limitsOfRules(config), new Rates(() => performance.now())),
    publish: (decided) => {
      for (const { settle } of decided) settle();
    },
  });
  return createOperator({ readings: peopleReadings(store.questions), writer, now });
}

export function createOperator({ readings, writer, now }: Parts): Operator {
  /** Who logs in with that address. */
  async function find(email: string): Promise<UserRow> {
    const user = (await readings.userByEmail.get({ email: email.toLowerCase() }))?.user;
    if (user === undefined || user.erasedAt !== null) {
      throw new Refusal('NOT_FOUND', { message: `Nobody logs in with ${email}.` });
    }
    return user;
  }

  return {
    async team() {
      const everybody = TEAM.map((role) => readings.usersBefore(Number.MAX_SAFE_INTEGER, MOST, { role }));
      return (await Promise.all(everybody)).flat().map((one) => userView(one.user, one.externalId));
    },

    /** Without a password: they choose one by a link. */
    add: async ({ email, name, role }) =>
      writer.submit<User>({ type: 'user.create', by: null, traits: { email: email.toLowerCase(), name, role } }),

    /** Ends their sessions. The last admin stays. */
    async disable(given) {
      const { id, uuid, email } = await find(given.email);
      await writer.submit<User>({
        type: 'user.patch',
        by: null,
        user: uuid,
        traits: { disabled: true },
        known: { id, email },
        admins: (await readings.admins.all()).map(({ user }) => user.id),
      });
      return null;
    },

    passwordLink: async ({ email }) =>
      putPasswordLink({ readings, writer }, (await find(email)).id, now() + LINK_LIFE_MS),

    async resetTotp({ email }) {
      const { id, uuid } = await find(email);
      return writer.submit<null>({ type: 'totp.reset', by: null, user: uuid, known: id });
    },

    keys: async () =>
      (await readings.apiKeysBefore.all({ before: Number.MAX_SAFE_INTEGER, limit: MOST })).map(apiKeyView),

    async createKey({ name, scopes }) {
      if (scopes.some((scope) => !SCOPES.includes(scope)))
        throw misshapen('scope', `must be one of ${SCOPES.join(', ')}`);
      const key = newCredential('key');
      const change = { type: 'apiKey.create' as const, by: null, hash: hashOf(key), name, scopes, expiresAt: null };
      return { ...(await writer.submit<ApiKey>(change)), key };
    },

    async revokeKey({ id }) {
      const found = await readings.apiKeyByUuid.get({ uuid: id });
      if (found === undefined) throw new Refusal('NOT_FOUND', { message: `There is no key ${id}.` });
      return writer.submit<null>({ type: 'apiKey.delete', by: null, key: found.id });
    },
  };
}
