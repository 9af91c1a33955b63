/** Keys by which people sign in without a password. */
import type { PasskeyRow, SessionRow } from '../../db/rows.ts';
import { identityKey } from '../../db/working-set.ts';
import { Refusal } from '../../protocol/refusal.ts';
import type { By } from '../caller.ts';
import type {
  CreatePasskeyChange,
  DeletePasskeyChange,
  PasskeySignInChange,
  PatchPasskeyChange,
} from '../people/passkey-change.ts';
import { passkeyView } from '../people/people-view.ts';
import { userAsking, wantAsker } from './asker.ts';
import { note } from './audit.ts';
import { madeId } from './made-id.ts';
import { addSession, meOf } from './people-rows.ts';
import type { Case, Rule } from './rule.ts';
import { asksSecondFactor, useSecondFactor, wrongCode } from './second-factor.ts';

/** Of the identities by which a credential belongs to one user only. */
const PROVIDER = 'passkey';

export const MOST_PASSKEYS = 20;

export const createPasskey: Rule<CreatePasskeyChange> = {
  want(change, want) {
    wantAsker(change.by, want);
    want.identity(PROVIDER, change.credential);
    if (change.by.user === null) return;
    want.row('totp', change.by.user);
    want.passkeysOf(change.by.user);
  },
  decide(given, { type, by, password, second, ...about }) {
    const { set, at } = given;
    const user = userAsking(set, by);
    if (user.password !== password) throw new Refusal('FORBIDDEN');
    // Who has no password shows by the session that they signed in themselves: no token of the host's is enough.
    if (password === null && loginOf(given, by) === null) throw new Refusal('FORBIDDEN');
    if (passkeysOf(given, user.id).length >= MOST_PASSKEYS) throw tooManyPasskeys();
    const key = identityKey(PROVIDER, about.credential);
    if (set.identities.get(key))
      throw new Refusal('IN_USE', { details: { path: 'response', rule: 'is known already' } });
    if (second !== null) useSecondFactor(given, user.id, second, 'FORBIDDEN');
    else if (asksSecondFactor(given, user.id)) throw wrongCode('FORBIDDEN');
    const id = set.nextId();
    const row: PasskeyRow = { id, uuid: madeId(given, id), user: user.id, ...about, createdAt: at, usedAt: null };
    const identity = { provider: PROVIDER, subject: row.credential, user: user.id };
    set.rows.passkeys.set(id, row);
    set.marked.passkeys.insert(row);
    set.identities.set(key, identity);
    set.marked.identities.insert(identity);
    note(given, by, { action: type, target: { type: 'passkey', id: row.uuid } });
    return { value: passkeyView(row), publications: [] };
  },
};

export const patchPasskey: Rule<PatchPasskeyChange> = {
  want(change, want) {
    wantAsker(change.by, want);
    want.row('passkeys', change.passkey);
  },
  decide(given, { by, passkey, name }) {
    const row = ownPasskey(given, by, passkey);
    row.name = name;
    given.set.marked.passkeys.save(row);
    return { value: passkeyView(row), publications: [] };
  },
};

export const deletePasskey: Rule<DeletePasskeyChange> = {
  want(change, want) {
    wantAsker(change.by, want);
    want.row('passkeys', change.passkey);
  },
  decide(given, { type, by, passkey }) {
    const row = ownPasskey(given, by, passkey);
    endPasskey(given, row);
    note(given, by, { action: type, target: { type: 'passkey', id: row.uuid } });
    return { value: null, publications: [] };
  },
};

export const signInByPasskey: Rule<PasskeySignInChange> = {
  want(change, want) {
    want.row('passkeys', change.passkey);
    want.user(change.user);
  },
  decide(given, change) {
    const { set, at } = given;
    const row = set.rows.passkeys.get(change.passkey);
    const user = set.users.get(change.user);
    if (!row || row.user !== change.user || user === undefined) throw new Refusal('UNAUTHENTICATED');
    if (user.disabledAt !== null || user.erasedAt !== null) throw new Refusal('UNAUTHENTICATED');
    // One that counts and has not counted on was copied, or its answer comes a second time.
    const counts = row.counter > 0 || change.counter > 0;
    if (counts && change.counter <= row.counter) throw new Refusal('UNAUTHENTICATED');
    Object.assign(row, { counter: change.counter, usedAt: at });
    set.marked.passkeys.save(row);
    addSession(given, user, change.session);
    return { value: meOf(given, user), publications: [] };
  },
};

export function removePasskey({ set }: Case, row: PasskeyRow): void {
  set.rows.passkeys.set(row.id, null);
  set.marked.passkeys.remove(row);
}

/** Every key of the user signs in no more. `passkeysOf` must have been wanted. @returns whether there was one */
export function endPasskeys(given: Case, user: number): boolean {
  const there = passkeysOf(given, user);
  for (const row of there) endPasskey(given, row);
  return there.length > 0;
}

export function tooManyPasskeys(): Refusal {
  return new Refusal('FORBIDDEN', { message: `There may be ${MOST_PASSKEYS}: remove one first.` });
}

function endPasskey(given: Case, row: PasskeyRow): void {
  const { set } = given;
  removePasskey(given, row);
  set.identities.set(identityKey(PROVIDER, row.credential), null);
  set.marked.identities.remove({ provider: PROVIDER, subject: row.credential, user: row.user });
}

function passkeysOf({ set }: Case, user: number): PasskeyRow[] {
  return [...set.rows.passkeys.values()].filter((row) => row !== null && row.user === user) as PasskeyRow[];
}

/** The asker's session, if they signed in to it. */
function loginOf({ set }: Case, { session }: By): SessionRow | null {
  const row = session === null ? null : set.rows.sessions.get(session);
  return row?.kind === 'login' ? row : null;
}

function ownPasskey({ set }: Case, by: By, id: number): PasskeyRow {
  const user = userAsking(set, by);
  const row = set.rows.passkeys.get(id);
  if (!row || row.user !== user.id) throw new Refusal('NOT_FOUND');
  return row;
}
