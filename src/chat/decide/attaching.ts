/** What a send brings beside its text: uploads of its author's, each attached once, and a link. */
import type { AttachmentRow, MessageRow, UserRow } from '../../db/rows.ts';
import type { Want } from '../../db/want.ts';
import type { WorkingSet } from '../../db/working-set.ts';
import { misshapen, Refusal } from '../../protocol/refusal.ts';
import type { SendChange } from '../change.ts';
import { countWaiting } from './files.ts';
import { madeId } from './made-id.ts';
import type { Case } from './rule.ts';

export function wantAttachments({ attachments }: SendChange, want: Want): void {
  for (const id of attachments) want.attachment(id);
}

export function checkAttachmentCount({ limits }: Case, { attachments, link }: SendChange): void {
  if (attachments.length + (link === null ? 0 : 1) > limits.maxFiles) {
    throw misshapen('attachments', `must be at most ${limits.maxFiles}`);
  }
}

/** The uploads that a send names, in its order. Unknown, another's and used ones are refused alike. */
export function uploadsOf({ set }: Case, { attachments }: SendChange, user: UserRow | null): AttachmentRow[] {
  const found = attachments.flatMap((id) => {
    const row = set.attachments.get(id);
    return row && waitsFor(row, user) ? [row] : [];
  });
  if (found.length < attachments.length) {
    const there = new Set(found.map(({ uuid }) => uuid));
    const gone = attachments.filter((id) => !there.has(id));
    throw new Refusal('ATTACHMENT_GONE', { details: { attachments: gone } });
  }
  return found;
}

function waitsFor(row: AttachmentRow, user: UserRow | null): boolean {
  return row.message === null && user !== null && row.uploader === user.id;
}

/** Gives a new message what it brings. */
export function attach(given: Case, message: MessageRow, uploads: readonly AttachmentRow[], change: SendChange): void {
  const { set } = given;
  const rows = [...uploads];
  for (const row of rows) {
    countWaiting(given, row.uploader, -1);
    row.message = message.id;
    set.marked.attachments.save(row);
  }
  if (change.link !== null) {
    const link = linkRow(given, message, change.link, change.by.user);
    set.marked.attachments.insert(link);
    set.addAttachment(link);
    rows.push(link);
  }
  rows.forEach((row, place) => {
    row.place = place;
  });
  if (rows.length > 0) set.attachmentsOf.set(message.id, rows);
}

function linkRow(given: Case, message: MessageRow, link: Link, uploader: number | null): AttachmentRow {
  const id = given.set.nextId();
  return {
    id,
    uuid: madeId(given, id),
    uploader,
    message: message.id,
    place: 0,
    file: null,
    name: link.name,
    type: link.mediaType,
    size: 0,
    width: null,
    height: null,
    url: link.url,
    createdAt: given.at,
  };
}

type Link = NonNullable<SendChange['link']>;

/** Whether a retry brings what the message has: the same bytes by the same names, the same address. */
export function bringsTheSame(set: WorkingSet, message: MessageRow, change: SendChange, user: UserRow | null): boolean {
  const kept = (set.attachmentsOf.get(message.id) ?? []).map(contentOf);
  const brought = change.attachments.map((id) => {
    const row = set.attachments.get(id);
    return row && (row.message === message.id || waitsFor(row, user)) ? contentOf(row) : null;
  });
  if (change.link !== null) brought.push(change.link.url);
  return kept.length === brought.length && kept.every((content, index) => content === brought[index]);
}

function contentOf({ url, file, name }: AttachmentRow): string {
  return url ?? `${file} ${name}`;
}
