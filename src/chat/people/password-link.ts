/** A link by which somebody chooses a new password. */
import type { Writer } from '../../db/writer.ts';
import type { Change } from '../change.ts';
import type { Publication } from '../publication.ts';
import { hashOf, newCredential } from './credential.ts';
import type { PeopleReadings } from './people-readings.ts';

/**
 * Of each user one such link is good: those before it end, so that none outlives the password chosen by another.
 *
 * @param user their key
 * @returns the secret
 */
export async function putPasswordLink(
  { readings, writer }: { readings: PeopleReadings; writer: Writer<Change, Publication> },
  user: number,
  expiresAt: number,
): Promise<string> {
  const link = newCredential('link');
  const open = await readings.openLinks.all({ kind: 'password' });
  await writer.submit<null>({
    type: 'link.put',
    kind: 'password',
    user,
    role: null,
    hash: hashOf(link),
    expiresAt,
    replaces: open.filter((one) => one.user === user).map(({ id }) => id),
  });
  return link;
}
