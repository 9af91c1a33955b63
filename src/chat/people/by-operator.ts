/** What the operator does for somebody on the server's own machine, while no server runs. */
import type { Config } from '../../config.ts';
import type { Store } from '../../db/open.ts';
import type { UserRow } from '../../db/rows.ts';
import type { ApiKey } from '../../protocol/api-key.ts';
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
import { peopleReadings } from './people-readings.ts';
import { apiKeyView, userView } from './people-view.ts';

/** More than any team has. */
const MOST = 100_000;
const TEAM: readonly Role[] = ['admin', 'agent', 'peer', 'bot'];
const LINK_LIFE_MS = 24 * 60 * 60 * 1000;

/** The rules over a store that nobody else has open. Nobody listens: what is published goes nowhere. */
export function openRules(store: Store, config: Config, now: () => number) {
  const readings = peopleReadings(store.reader);
  const writer = store.openWriter<Change, Publication>({
    alone,
    want,
    decide: decider(limitsOfRules(config), new Rates(() => performance.now())),
    publish: (decided) => {
      for (const { settle } of decided) settle();
    },
  });
  return {
    /** Who logs in with that address, in lower case. */
    find(email: string): UserRow | null {
      const user = readings.userByEmail.get({ email })?.user;
      return user === undefined || user.erasedAt !== null ? null : user;
    },

    /** The secret of a link by which they choose a new password. */
    passwordLink: ({ id: user }: UserRow): Promise<string> =>
      putPasswordLink({ readings, writer }, user, now() + LINK_LIFE_MS),

    /** The team, by role. */
    team: (): User[] =>
      TEAM.flatMap((role) => readings.usersBefore(Number.MAX_SAFE_INTEGER, MOST, { role })).map((one) =>
        userView(one.user, one.externalId),
      ),

    /** Without a password: they choose one by a link. */
    add: (email: string, name: string, role: 'admin' | 'agent' | 'peer'): PromiseLike<User> =>
      writer.submit<User>({ type: 'user.create', by: null, traits: { email, name, role } }),

    /** Ends their sessions. The last admin stays. */
    async disable({ id, uuid, email }: UserRow): Promise<void> {
      await writer.submit<User>({
        type: 'user.patch',
        by: null,
        user: uuid,
        traits: { disabled: true },
        known: { id, email },
        admins: readings.admins.all().map(({ user }) => user.id),
      });
    },

    /** Newest first. */
    keys: (): ApiKey[] => readings.apiKeysBefore.all({ before: Number.MAX_SAFE_INTEGER, limit: MOST }).map(apiKeyView),

    /** The answer has the key itself, this once. */
    async createKey(name: string, scopes: string[]): Promise<ApiKey & { key: string }> {
      if (scopes.some((scope) => !SCOPES.includes(scope)))
        throw misshapen('scope', `must be one of ${SCOPES.join(', ')}`);
      const key = newCredential('key');
      const change = { type: 'apiKey.create' as const, by: null, hash: hashOf(key), name, scopes, expiresAt: null };
      return { ...(await writer.submit<ApiKey>(change)), key };
    },

    async revokeKey(uuid: string): Promise<void> {
      const found = readings.apiKeyByUuid.get({ uuid });
      if (found === undefined) throw new Refusal('NOT_FOUND', { message: `There is no key ${uuid}.` });
      await writer.submit<null>({ type: 'apiKey.delete', by: null, key: found.id });
    },

    async resetTotp({ id, uuid }: UserRow): Promise<void> {
      await writer.submit<null>({ type: 'totp.reset', by: null, user: uuid, known: id });
    },
  };
}
