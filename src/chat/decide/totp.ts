/** The second factor of a login by password. That a code is taken only once is settled here, in the queue's order. */
import type { TotpRow, UserRow } from '../../db/rows.ts';
import { closeCodes } from '../../protocol/close-codes.ts';
import { Refusal } from '../../protocol/refusal.ts';
import type {
  BeginTotpChange,
  ConfirmTotpChange,
  EndTotpChange,
  RenewRecoveryChange,
  ResetTotpChange,
} from '../people/totp-change.ts';
import { userAsking, wantAsker } from './asker.ts';
import { note } from './audit.ts';
import { endPasskeys } from './passkeys.ts';
import { userToChange } from './people-authority.ts';
import { signOut } from './people-sessions.ts';
import { endLines } from './people-traits.ts';
import type { Case, Rule } from './rule.ts';
import { removeTotp, useSecondFactor, wrongCode } from './second-factor.ts';

export const beginTotp: Rule<BeginTotpChange> = {
  want(change, want) {
    wantAsker(change.by, want);
    if (change.by.user !== null) want.row('totp', change.by.user);
  },
  decide({ set, at }, { by, secret, password }) {
    const user = userAsking(set, by);
    checkPassword(user, password);
    const former = set.rows.totp.get(user.id);
    if (former && former.confirmedAt !== null) throw isOn();
    const row: TotpRow = { id: user.id, secret, createdAt: at, confirmedAt: null, step: 0, recovery: [] };
    if (former) set.marked.totp.save(Object.assign(former, row));
    else {
      set.rows.totp.set(user.id, row);
      set.marked.totp.insert(row);
    }
    return { value: null, publications: [] };
  },
};

export const confirmTotp: Rule<ConfirmTotpChange> = {
  want(change, want) {
    wantAsker(change.by, want);
    if (change.by.user === null) return;
    want.row('totp', change.by.user);
    want.sessionsOf(change.by.user);
  },
  decide(given, { by, secret, step, recovery }) {
    const { set, at } = given;
    const user = userAsking(set, by);
    const row = set.rows.totp.get(user.id);
    if (!row || row.secret !== secret) throw wrongCode('FORBIDDEN');
    if (row.confirmedAt !== null) throw isOn();
    set.marked.totp.save(Object.assign(row, { confirmedAt: at, step, recovery }));
    note(given, by, { action: 'totp.confirm', target: { type: 'user', id: user.uuid } });
    // They came in by the password alone.
    return { value: null, publications: signOut(given, user.id, by.session) };
  },
};

export const renewRecovery: Rule<RenewRecoveryChange> = {
  want: wantOwn,
  decide(given, { by, password, second, recovery }) {
    const { set } = given;
    const user = userAsking(set, by);
    checkPassword(user, password);
    const row = ownTotp(given, user);
    useSecondFactor(given, user.id, second, 'FORBIDDEN');
    row.recovery = recovery;
    note(given, by, { action: 'totp.renew', target: { type: 'user', id: user.uuid } });
    return { value: null, publications: [] };
  },
};

export const endTotp: Rule<EndTotpChange> = {
  want: wantOwn,
  decide(given, { by, password, second }) {
    const user = userAsking(given.set, by);
    checkPassword(user, password);
    ownTotp(given, user);
    useSecondFactor(given, user.id, second, 'FORBIDDEN');
    removeTotp(given, user.id);
    note(given, by, { action: 'totp.end', target: { type: 'user', id: user.uuid } });
    return { value: null, publications: [] };
  },
};

/**
 * Whoever lost their app and their codes comes in by the password again, and by it alone: their sessions and passkeys
 * end, since any may be a finder's.
 */
export const resetTotp: Rule<ResetTotpChange> = {
  want(change, want) {
    if (change.by !== null) wantAsker(change.by, want);
    want.userByUuid(change.user);
    want.row('totp', change.known);
    want.passkeysOf(change.known);
    want.sessionsOf(change.known);
  },
  decide(given, { type, by, user }) {
    const { set } = given;
    const target = by === null ? set.usersByUuid.get(user) : changeable(given, by, user);
    if (!target) throw new Refusal('NOT_FOUND');
    const hadKeys = endPasskeys(given, target.id);
    if (!hadKeys && !set.rows.totp.get(target.id)) return { value: null, publications: [] };
    removeTotp(given, target.id);
    signOut(given, target.id, null);
    note(given, by, { action: type, target: { type: 'user', id: target.uuid } });
    return { value: null, publications: [endLines(target, closeCodes.SIGNED_OUT)] };
  },
};

function wantOwn(change: RenewRecoveryChange | EndTotpChange, want: Parameters<Rule<EndTotpChange>['want']>[1]): void {
  wantAsker(change.by, want);
  if (change.by.user !== null) want.row('totp', change.by.user);
}

function checkPassword(user: UserRow, password: string): void {
  if (user.password !== password) throw new Refusal('FORBIDDEN');
}

function ownTotp({ set }: Case, user: UserRow): TotpRow {
  const row = set.rows.totp.get(user.id);
  if (!row || row.confirmedAt === null) throw new Refusal('NOT_FOUND');
  return row;
}

function isOn(): Refusal {
  return new Refusal('IN_USE', { message: 'It is on already: switch it off first.' });
}

function changeable(given: Case, by: NonNullable<ResetTotpChange['by']>, uuid: string): UserRow {
  const { target, asker, admins } = userToChange(given.set, by, uuid);
  if (asker !== null && asker.role !== 'admin') throw new Refusal('FORBIDDEN');
  if (target.role === 'admin' && !admins) throw new Refusal('FORBIDDEN');
  return target;
}
