/** Links that go out by mail: for a forgotten password, and for somebody new in the team. */
import type { Store } from '../../db/store.ts';
import type { Writer } from '../../db/writer.ts';
import type { InvitationAnswer, InvitationBody } from '../../protocol/http-auth.ts';
import { Refusal } from '../../protocol/refusal.ts';
import { byOf, type Caller } from '../caller.ts';
import type { Change } from '../change.ts';
import type { Outside } from '../outbox/outside.ts';
import type { Publication } from '../publication.ts';
import { timeOf } from '../views.ts';
import { hashOf, newCredential } from './credential.ts';
import { putPasswordLink } from './password-link.ts';
import type { PeopleReadings } from './people-readings.ts';

const HOUR_MS = 60 * 60 * 1000;
const PASSWORD_LIFE_MS = HOUR_MS;
const INVITATION_LIFE_MS = 7 * 24 * HOUR_MS;
/** Somebody is sent one such mail in so long, however often it is asked for. */
const FORGOT_EVERY_MS = 5 * 60 * 1000;

export interface LinksByMailParts {
  store: Pick<Store, 'passing'>;
  readings: PeopleReadings;
  writer: Writer<Change, Publication>;
  outside: () => Outside;
  /** Where the team's pages are; undefined: the link is told as a path. */
  publicUrl: string | undefined;
  onError: (error: unknown) => void;
  now: () => number;
}

export function createLinksByMail({ store, readings, writer, outside, publicUrl, onError, now }: LinksByMailParts) {
  const asked = store.passing<never>('forgot');

  async function forgotten(email: string): Promise<void> {
    const user = (await readings.userByEmail.get({ email: email.toLowerCase() }))?.user;
    if (user === undefined || user.email === null || user.disabledAt !== null || user.erasedAt !== null) return;
    if ((await asked.count(String(user.id), FORGOT_EVERY_MS)).count > 1) return;
    const link = await putPasswordLink({ readings, writer }, user.id, now() + PASSWORD_LIFE_MS);
    outside().mail({ to: { email: user.email, name: user.name }, kind: 'password', link });
  }

  return {
    /** Answers at once and always the same: whether somebody is there is told by a mail alone. */
    forgot(email: string): void {
      if (!outside().mails) return;
      setImmediate(() => {
        forgotten(email).catch(onError);
      });
    },

    /** The answer has the link, this once. */
    async invite(caller: Caller, { role, name, email }: InvitationBody): Promise<InvitationAnswer> {
      if (caller.kind === 'key' || caller.role !== 'admin') throw new Refusal('FORBIDDEN');
      const link = newCredential('link');
      const expiresAt = now() + INVITATION_LIFE_MS;
      const to = email?.toLowerCase() ?? null;
      await writer.submit<null>({
        type: 'invitation.create',
        by: byOf(caller),
        role,
        name: name ?? null,
        email: to,
        hash: hashOf(link),
        expiresAt,
      });
      const mailed = to !== null && outside().mails;
      if (to !== null && mailed) outside().mail({ to: { email: to, name: name ?? null }, kind: 'invitation', link });
      return { link: `${publicUrl ?? ''}/console#link=${link}`, mailed, expiresAt: timeOf(expiresAt) };
    },
  };
}
