/** Canned replies: made, changed and taken away by admins. A shortcut finds one. */
import type { CannedReplyRow } from '../../db/rows.ts';
import type { WorkingSet } from '../../db/working-set.ts';
import { Refusal } from '../../protocol/refusal.ts';
import type { By } from '../caller.ts';
import { cannedReplyView } from '../setup/canned-replies.ts';
import type {
  CreateCannedReplyChange,
  DeleteCannedReplyChange,
  PatchCannedReplyChange,
} from '../setup/setup-change.ts';
import { userAsking, wantAsker } from './asker.ts';
import { note } from './audit.ts';
import { madeId } from './made-id.ts';
import type { Rule } from './rule.ts';

export const createCannedReply: Rule<CreateCannedReplyChange> = {
  want(change, want) {
    wantAsker(change.by, want);
    want.cannedReply(change.shortcut);
  },
  decide(given, { type, by, shortcut, text }) {
    const { set } = given;
    checkAdmin(set, by);
    checkFree(set, shortcut, null);
    const id = set.nextId();
    const row: CannedReplyRow = { id, uuid: madeId(given, id), shortcut, text };
    set.rows.cannedReplies.set(id, row);
    set.cannedReplies.set(shortcut, row);
    set.marked.cannedReplies.insert(row);
    note(given, by, { action: type, target: targetOf(row) });
    return { value: cannedReplyView(row), publications: [] };
  },
};

export const patchCannedReply: Rule<PatchCannedReplyChange> = {
  want(change, want) {
    wantAsker(change.by, want);
    want.row('cannedReplies', change.reply);
    if (change.shortcut !== undefined) want.cannedReply(change.shortcut);
  },
  decide(given, { type, by, reply, shortcut, text }) {
    const { set } = given;
    checkAdmin(set, by);
    const row = found(set, reply);
    if (shortcut !== undefined && shortcut !== row.shortcut) {
      checkFree(set, shortcut, row);
      set.cannedReplies.set(row.shortcut, null);
      set.cannedReplies.set(shortcut, row);
      row.shortcut = shortcut;
    }
    if (text !== undefined) row.text = text;
    set.marked.cannedReplies.save(row);
    note(given, by, { action: type, target: targetOf(row) });
    return { value: cannedReplyView(row), publications: [] };
  },
};

export const deleteCannedReply: Rule<DeleteCannedReplyChange> = {
  want(change, want) {
    wantAsker(change.by, want);
    want.row('cannedReplies', change.reply);
  },
  decide(given, { type, by, reply }) {
    const { set } = given;
    checkAdmin(set, by);
    const row = found(set, reply);
    set.rows.cannedReplies.set(row.id, null);
    set.cannedReplies.set(row.shortcut, null);
    set.marked.cannedReplies.remove(row);
    note(given, by, { action: type, target: targetOf(row) });
    return { value: null, publications: [] };
  },
};

function checkAdmin(set: WorkingSet, by: By): void {
  if (userAsking(set, by).role !== 'admin') throw new Refusal('FORBIDDEN');
}

function found(set: WorkingSet, id: number): CannedReplyRow {
  const row = set.rows.cannedReplies.get(id);
  if (!row) throw new Refusal('NOT_FOUND');
  return row;
}

function checkFree(set: WorkingSet, shortcut: string, row: CannedReplyRow | null): void {
  const holder = set.cannedReplies.get(shortcut) ?? null;
  if (holder === null || holder === row) return;
  throw new Refusal('IN_USE', { details: { path: 'shortcut', rule: 'is taken already' } });
}

function targetOf({ uuid }: CannedReplyRow) {
  return { type: 'cannedReply', id: uuid };
}
