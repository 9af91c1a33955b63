/** The first start: somebody has to be the admin, and no default password may make them one. */

import { StartError } from '../../db/start-error.ts';
import type { Writer } from '../../db/writer.ts';
import type { User } from '../../protocol/person.ts';
import { Refusal } from '../../protocol/refusal.ts';
import type { Change } from '../change.ts';
import type { Publication } from '../publication.ts';
import { hashOf, newCredential } from './credential.ts';
import type { Passwords } from './password.ts';
import type { PeopleReadings } from './people-readings.ts';
import { canSignIn } from './sessions.ts';

const LINK_LIFE_MS = 24 * 60 * 60 * 1000;

export interface FirstAdminSettings {
  adminEmail?: string;
  adminPassword?: string;
}

/**
 * Makes the admin of the settings where there is none who can sign in; without such settings, a link of one use for 24
 * hours. A link of an earlier start ends.
 *
 * @returns the link's secret, told this once; null when there is an admin
 */
export async function firstAdmin(
  parts: { readings: PeopleReadings; writer: Writer<Change, Publication>; passwords: Passwords; now: () => number },
  { adminEmail, adminPassword }: FirstAdminSettings,
): Promise<string | null> {
  const { readings, writer, passwords, now } = parts;
  const admins = await readings.admins.all();
  if (admins.some(canSignIn)) return null;
  if (adminEmail !== undefined && adminPassword !== undefined) {
    const email = adminEmail.toLowerCase();
    // Added by the command line: theirs to choose a password by the link they were given.
    if (admins.some(({ user }) => user.email === email)) return null;
    const traits = {
      name: 'Admin',
      email,
      role: 'admin' as const,
      password: await passwords.hash(adminPassword),
    };
    await writer.submit<User>({ type: 'user.create', by: null, traits }).then(null, async (error) => {
      // A server that starts at the same time may have made them.
      if (!(await readings.admins.all()).some(canSignIn)) refuseTaken(error);
    });
    return null;
  }
  const secret = newCredential('link');
  const open = await readings.openLinks.all({ kind: 'first_admin' });
  await writer.submit<null>({
    type: 'link.put',
    kind: 'first_admin',
    user: null,
    role: 'admin',
    hash: hashOf(secret),
    expiresAt: now() + LINK_LIFE_MS,
    replaces: open.map(({ id }) => id),
  });
  return secret;
}

function refuseTaken(error: unknown): never {
  if (!(error instanceof Refusal) || error.code !== 'IN_USE') throw error;
  throw new StartError('PARLEY_ADMIN_EMAIL is the e-mail address of a user who is no admin: choose another one.');
}
