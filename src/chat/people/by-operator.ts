/** What the operator does for somebody on the server's own machine, while no server runs. */
import type { Config } from '../../config.ts';
import type { Store } from '../../db/open.ts';
import type { UserRow } from '../../db/rows.ts';
import type { Change } from '../change.ts';
import { alone, decider, want } from '../decide/judge.ts';
import { Rates } from '../decide/rates.ts';
import { limitsOfRules } from '../limits-of-rules.ts';
import type { Publication } from '../publication.ts';
import { hashOf, newCredential } from './credential.ts';
import { peopleReadings } from './people-readings.ts';

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
    async passwordLink({ id: user }: UserRow): Promise<string> {
      const link = newCredential('link');
      await writer.submit<null>({
        type: 'link.put',
        kind: 'password',
        user,
        role: null,
        hash: hashOf(link),
        expiresAt: now() + LINK_LIFE_MS,
        replaces: [],
      });
      return link;
    },

    async resetTotp({ id, uuid }: UserRow): Promise<void> {
      await writer.submit<null>({ type: 'totp.reset', by: null, user: uuid, known: id });
    },
  };
}
