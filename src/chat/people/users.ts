/** Users: as they see themselves, as the team sees them, as admins and the host make them. */
import type { UserRow } from '../../db/rows.ts';
import type { Writer } from '../../db/writer.ts';
import type { TokenBody } from '../../protocol/http-auth.ts';
import type { MePatch, UserBody, UserPatch, UsersQuery } from '../../protocol/http-users.ts';
import { normaliseId } from '../../protocol/id.ts';
import type { Job } from '../../protocol/job.ts';
import { DEFAULT_PAGE } from '../../protocol/limits.ts';
import type { Me, User } from '../../protocol/person.ts';
import { Refusal } from '../../protocol/refusal.ts';
import { isTeam } from '../access.ts';
import { hashOfAvatar } from '../attachments/avatar-path.ts';
import { byOf, type Caller, hasScope, type UserCaller } from '../caller.ts';
import type { Change } from '../change.ts';
import { asksPassword, notYourPassword } from '../decide/people-self.ts';
import type { Publication } from '../publication.ts';
import { pageOf, readIdCursor } from './id-cursor.ts';
import type { BeginSession } from './new-session.ts';
import type { Passwords } from './password.ts';
import type { PatchMeChange, Sighted, UserTraits } from './people-change.ts';
import type { PeopleReadings } from './people-readings.ts';
import { meView, userView } from './people-view.ts';

/** How long a minted token lives when the host does not say. */
const MINTED_LIFE_S = 24 * 60 * 60;

export interface UsersParts {
  readings: PeopleReadings;
  writer: Writer<Change, Publication>;
  passwords: Passwords;
  beginSession: BeginSession;
  /** Keys of the admins there are. */
  adminKeys: () => Promise<number[]>;
}

export type Users = ReturnType<typeof createUsers>;

export function createUsers({ readings, writer, passwords, beginSession, adminKeys }: UsersParts) {
  async function traitsOf({ disabled, email, password, ...rest }: UserBody | UserPatch): Promise<UserTraits> {
    return {
      ...rest,
      ...(email === undefined ? {} : { email: email.toLowerCase() }),
      ...(password === undefined ? {} : { password: await passwords.hash(password) }),
      ...(disabled === undefined ? {} : { disabled }),
    };
  }

  /** The password in its present form. Nothing is hashed for who has none: hashing is what everybody's login waits for. */
  async function shown({ password }: UserRow, claimed: string | undefined): Promise<string> {
    if (password === null || claimed === undefined) throw notYourPassword();
    if (!(await passwords.verify(claimed, password))) throw notYourPassword();
    return password;
  }

  /** The row of a user who is there for the team. */
  async function found(userId: string) {
    const row = await readings.userByUuid.get({ uuid: normaliseId(userId) });
    if (row === undefined || row.user.erasedAt !== null || row.user.mergedInto !== null) throw new Refusal('NOT_FOUND');
    return row;
  }

  /** Whether somebody of the team has a second factor is for those to know who can reset it. */
  async function shownTo(
    caller: Caller,
    { user, externalId }: { user: UserRow; externalId: string | null },
  ): Promise<User> {
    const view = userView(user, externalId);
    if (!decidesOnUsers(caller) || user.role === 'user' || user.role === 'bot') return view;
    return { ...view, secondFactor: Boolean((await readings.totpOf.get({ user: user.id }))?.confirmedAt) };
  }

  return {
    /** Refuses who is blocked before they bring much; whether they are is judged again with what they change. */
    async checkActive({ id }: UserCaller): Promise<void> {
      const row = await readings.user.get({ id });
      if (row !== undefined && row.user.blockedAt !== null) throw new Refusal('BLOCKED');
    },

    async me(caller: Caller): Promise<Me> {
      const row = await readings.user.get({ id: userOf(caller).id });
      if (row === undefined) throw new Refusal('UNAUTHENTICATED');
      return meView(row.user, row.externalId);
    },

    async patchMe(caller: Caller, body: MePatch): Promise<Me> {
      const { id } = userOf(caller);
      const { name, fields, notifications, password, currentPassword } = body;
      const email = body.email?.toLowerCase();
      const change: PatchMeChange = {
        type: 'me.patch',
        by: byOf(caller),
        ...(name === undefined ? {} : { name }),
        ...(email === undefined ? {} : { email }),
        ...(fields === undefined ? {} : { fields }),
        ...(notifications === undefined ? {} : { notifications }),
      };
      const user = (await readings.user.get({ id }))?.user;
      if (user !== undefined && asksPassword(user, { email, password })) {
        change.shown = await shown(user, currentPassword);
        if (password !== undefined) change.password = await passwords.hash(password);
      }
      return writer.submit<Me>(change);
    },

    /** Newest first. `email` finds those who log in with it. */
    async list(caller: Caller, query: UsersQuery): Promise<{ items: User[]; next: string | null }> {
      if (!readsUsers(caller)) throw new Refusal('FORBIDDEN');
      const { limit = DEFAULT_PAGE, cursor, email, ...only } = query;
      const rows = await readings.usersBefore(readIdCursor(cursor), limit + 1, {
        ...only,
        ...(email === undefined ? {} : { email: email.toLowerCase() }),
      });
      const page = pageOf(
        rows,
        limit,
        ({ user }) => user.id,
        (row) => shownTo(caller, row),
      );
      return { ...page, items: await Promise.all(page.items) };
    },

    async get(caller: Caller, userId: string): Promise<User> {
      if (!readsUsers(caller)) throw new Refusal(caller.kind === 'key' ? 'FORBIDDEN' : 'NOT_FOUND');
      return shownTo(caller, await found(userId));
    },

    async create(caller: Caller, body: UserBody): Promise<User> {
      if (!decidesOnUsers(caller)) throw new Refusal('FORBIDDEN');
      return writer.submit<User>({ type: 'user.create', by: byOf(caller), traits: await traitsOf(body) });
    },

    async patch(caller: Caller, userId: string, body: UserPatch): Promise<User> {
      if (!readsUsers(caller)) throw new Refusal(caller.kind === 'key' ? 'FORBIDDEN' : 'NOT_FOUND');
      const { user } = await found(userId);
      if (!decidesOnUsers(caller)) throw new Refusal('FORBIDDEN');
      return writer.submit<User>({
        type: 'user.patch',
        by: byOf(caller),
        user: user.uuid,
        traits: await traitsOf(body),
        known: { id: user.id, email: user.email },
        admins: await adminKeys(),
      });
    },

    /** Erases who they are and what they wrote: at once where it is seen, in steps where it is kept. */
    async erase(caller: Caller, userId: string): Promise<Job> {
      if (!readsUsers(caller)) throw new Refusal(caller.kind === 'key' ? 'FORBIDDEN' : 'NOT_FOUND');
      const { user } = await found(userId);
      const by = byOf(caller);
      const shown = [user, ...(await readings.picturesOf.all({ user: user.id }))].map(({ avatar }) =>
        hashOfAvatar(avatar),
      );
      const job = await writer.submit<Job>({
        type: 'user.erase',
        by,
        user: user.uuid,
        known: user.id,
        admins: await adminKeys(),
      });
      // Anybody sees them who knows where: not until the next time that all pictures are looked through.
      const hashes = [...new Set(shown)].filter((hash) => hash !== null);
      if (hashes.length > 0) writer.submit({ type: 'avatar.sweep', hashes });
      return job;
    },

    /** @param blocked whether they are from now on */
    async block(caller: Caller, userId: string, blocked: boolean): Promise<User> {
      return writer.submit<User>({
        type: blocked ? 'user.block' : 'user.unblock',
        by: byOf(caller),
        user: normaliseId(userId),
        admins: await adminKeys(),
      });
    },

    /** A token for somebody whom the host names: made on first sight. Told this once. */
    async mint(caller: Caller, body: TokenBody): Promise<{ user: Me; token: string }> {
      if (caller.kind !== 'key' || !hasScope(caller, 'tokens')) throw new Refusal('FORBIDDEN');
      const { expiresIn = MINTED_LIFE_S, email, ...said } = body;
      const { token, session } = beginSession('token', expiresIn * 1000, null);
      const { me } = await writer.submit<Sighted>({
        type: 'user.sight',
        by: byOf(caller),
        ...said,
        ...(email === undefined ? {} : { email: email.toLowerCase() }),
        admins: await adminKeys(),
        session,
      });
      return { user: me, token };
    },
  };
}

/** An API key belongs to no user. */
function userOf(caller: Caller): UserCaller {
  if (caller.kind === 'key') throw new Refusal('FORBIDDEN');
  return caller;
}

/** Who may see the users there are. */
function readsUsers(caller: Caller): boolean {
  return caller.kind === 'key' ? hasScope(caller, 'users') : isTeam(caller.role);
}

/** Asked before a password is hashed for nothing; judged again at the commit. */
function decidesOnUsers(caller: Caller): boolean {
  return caller.kind === 'key' ? hasScope(caller, 'users') : caller.role === 'admin';
}
