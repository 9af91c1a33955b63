/** Uploads: kept for their uploader until a message has them, or their time is over. */
import type { AttachmentRow } from '../../db/rows.ts';
import { Refusal } from '../../protocol/refusal.ts';
import type {
  AttachmentChange,
  PutAttachmentChange,
  SweepAttachmentsChange,
} from '../attachments/attachment-change.ts';
import { attachmentView } from '../views.ts';
import { userAsking, wantAsker } from './asker.ts';
import { putAvatar, sweepAvatars } from './avatars.ts';
import { addRecord, countWaiting, fileOf, removeAttachments } from './files.ts';
import type { Rule } from './rule.ts';

const putAttachment: Rule<PutAttachmentChange> = {
  want(change, want) {
    wantAsker(change.by, want);
    want.file(change.hash);
    if (change.by.user !== null) want.waitingOf(change.by.user);
  },

  decide(given, change) {
    const { set, at, limits } = given;
    const user = userAsking(set, change.by);
    if ((set.waitingOf.get(user.id) ?? 0) >= limits.pendingUploads) throw tooManyWaiting();
    const file = fileOf(given, change);
    addRecord(given, file);
    const row: AttachmentRow = {
      id: set.nextId(),
      uuid: change.id,
      uploader: user.id,
      message: null,
      place: 0,
      file: file.id,
      name: change.name,
      type: change.mediaType,
      size: change.size,
      width: change.width,
      height: change.height,
      url: null,
      createdAt: at,
    };
    set.addAttachment(row);
    set.marked.attachments.insert(row);
    countWaiting(given, user.id, 1);
    return { value: attachmentView(row), publications: [] };
  },
};

export function tooManyWaiting(): Refusal {
  return new Refusal('RATE_LIMITED', { message: 'Too many of your files wait to be sent.' });
}

const sweepAttachments: Rule<SweepAttachmentsChange> = {
  want(change, want) {
    for (const id of change.attachments) want.attachment(id);
  },

  decide(given, change) {
    const old = change.attachments.flatMap((id) => {
      const row = given.set.attachments.get(id);
      return row && row.message === null && row.createdAt < change.before ? [row] : [];
    });
    return { value: old.length, publications: removeAttachments(given, old) };
  },
};

export const attachmentRules: { [T in AttachmentChange['type']]: Rule<Extract<AttachmentChange, { type: T }>> } = {
  'attachment.put': putAttachment,
  'attachment.sweep': sweepAttachments,
  'avatar.put': putAvatar,
  'avatar.sweep': sweepAvatars,
};
