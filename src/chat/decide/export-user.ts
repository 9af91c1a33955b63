/** Somebody takes along what there is of another user: admins and the host may, and it is noted. */
import { Refusal } from '../../protocol/refusal.ts';
import type { ExportUserChange } from '../export/export-change.ts';
import { wantAsker } from './asker.ts';
import { note } from './audit.ts';
import { userToChange } from './people-authority.ts';
import type { Rule } from './rule.ts';

export const exportUser: Rule<ExportUserChange> = {
  want(change, want) {
    wantAsker(change.by, want);
    want.userByUuid(change.user);
  },
  decide(given, { type, by, user }) {
    const { target, asker, admins } = userToChange(given.set, by, user);
    if (asker !== null && asker.role !== 'admin') throw new Refusal('FORBIDDEN');
    if (target.role === 'admin' && !admins) throw new Refusal('FORBIDDEN');
    note(given, by, { action: type, target: { type: 'user', id: target.uuid } });
    return { value: null, publications: [] };
  },
};
