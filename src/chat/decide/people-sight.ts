/** Whom the host names: found or made by its id, with what it says of them; a visitor may become them. */
import type { UserRow } from '../../db/rows.ts';
import { identityKey, type WorkingSet } from '../../db/working-set.ts';
import { closeCodes } from '../../protocol/close-codes.ts';
import { Refusal } from '../../protocol/refusal.ts';
import type { Named, NameVisitorChange, SaidByHost, Sighted, SightUserChange } from '../people/people-change.ts';
import type { Publication } from '../publication.ts';
import { wantAsker } from './asker.ts';
import { type Merged, merge } from './merge.ts';
import { authorityOf, isLastAdmin } from './people-authority.ts';
import { addSession, addUser, meOf, nameByHost, tellMe } from './people-rows.ts';
import { emailIsFree, endLines, setLogin } from './people-traits.ts';
import type { Case, Rule } from './rule.ts';

const NO_MERGE: Merged = { publications: [], conversations: [], job: null };

function wantNamed(said: SaidByHost, want: Parameters<Rule<SightUserChange>['want']>[1]): void {
  want.identity('host', said.externalId);
  want.emailOf(said);
  if (said.email !== undefined) want.userByEmail(said.email);
  for (const admin of said.admins) want.user(admin);
}

export const sightUser: Rule<SightUserChange> = {
  want(change, want) {
    if (change.by !== null) wantAsker(change.by, want);
    wantNamed(change, want);
  },
  decide(given, change) {
    const { set } = given;
    const { admins } = authorityOf(set, change.by, 'tokens');
    const known = knownByHost(set, change.externalId);
    if (known !== null) {
      if (known.mergedInto !== null) throw new Refusal('MERGED');
      if (known.disabledAt !== null || known.erasedAt !== null) {
        throw change.by === null ? new Refusal('UNAUTHENTICATED') : disabled();
      }
      if (known.role === 'admin' && !admins) throw new Refusal('FORBIDDEN');
    }
    const { user, publications } = sight(given, known, change);
    if (change.session !== null) addSession(given, user, change.session);
    return { value: { id: user.id, me: meOf(given, user) } satisfies Sighted, publications };
  },
};

export const nameVisitor: Rule<NameVisitorChange> = {
  alone: true,
  want(change, want) {
    wantNamed(change, want);
    if (change.visitor !== null) want.passing(change.visitor, change);
  },
  decide(given, change) {
    const { set } = given;
    const known = knownByHost(set, change.externalId);
    if (known !== null && (known.disabledAt !== null || known.erasedAt !== null)) throw disabled();
    const { user, publications } = sight(given, known, change);
    const visitor = set.users.get(change.visitor ?? -1);
    const merged = visitor !== undefined && mayMerge(visitor) ? merge(given, visitor, user) : NO_MERGE;
    const kept = user.id === change.signedIn;
    if (!kept) addSession(given, user, change.session);
    const { conversations, job } = merged;
    const value: Named = { id: user.id, me: meOf(given, user), made: known === null, kept, conversations, job };
    return { value, publications: [...publications, ...merged.publications] };
  },
};

/** Only an anonymous user, and once: who has a name, or has passed on, is nobody else's past. */
function mayMerge({ anonymous, mergedInto, disabledAt, erasedAt }: UserRow): boolean {
  return anonymous && mergedInto === null && disabledAt === null && erasedAt === null;
}

function disabled(): Refusal {
  return new Refusal('FORBIDDEN', { message: 'This user is disabled.' });
}

function knownByHost(set: WorkingSet, externalId: string): UserRow | null {
  return set.userOf(set.identities.get(identityKey('host', externalId))?.user);
}

function sight(given: Case, known: UserRow | null, said: SaidByHost): { user: UserRow; publications: Publication[] } {
  const user = known ?? addUser(given, { anonymous: false });
  if (known === null) nameByHost(given, user, said.externalId);
  const publications = describe(given, user, said);
  return { user, publications: known === null ? [] : publications };
}

/**
 * Takes over what the host says of the user. An address that another one logs in with is left out: it is not theirs.
 * The last admin stays one, whatever role is said: nobody could make another.
 */
function describe(given: Case, user: UserRow, said: SaidByHost): Publication[] {
  const { set } = given;
  const former = { name: user.name, email: user.email, title: user.title, role: user.role };
  const demoted = said.role !== undefined && said.role !== 'admin' && isLastAdmin(set, user, said.admins);
  const role = demoted ? user.role : (said.role ?? user.role);
  const email = [said.email ?? null, user.email].find(
    (one) => one !== null && emailIsFree(set, user, { role, password: user.password, email: one }),
  );
  if (said.name !== undefined) user.name = said.name;
  if (said.title !== undefined) user.title = said.title;
  setLogin(given, user, { role, email: email ?? null });
  if (user.role !== former.role) return [endLines(user, closeCodes.AUTH_CHANGED)];
  const changed = user.name !== former.name || user.email !== former.email || user.title !== former.title;
  return changed ? [tellMe(given, user)] : [];
}
