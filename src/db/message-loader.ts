/** Messages, and the files that hang on them. */
import { ConversationLoader } from './conversation-loader.ts';
import type { AttachmentRow, MessageRow } from './rows.ts';
import { sentKey } from './working-set.ts';

export class MessageLoader extends ConversationLoader {
  message(conversation: string, uuid: string): void {
    this.conversation(conversation);
    const row = this.set.conversationsByUuid.get(conversation);
    if (!row) return;
    const held = this.set.messagesOf(row.id);
    if (held.has(uuid)) return;
    const isThere = this.statement.messageKey.get(row.id, uuid) !== undefined;
    const message = isThere ? this.statement.message.get({ conversation: row.id, uuid }) : undefined;
    held.set(uuid, message ?? null);
    if (message === undefined) return;
    this.author(message.author);
    const system = message.extra?.system;
    for (const person of [system?.user, system?.by, system?.to]) this.author(person);
    const author = message.author === null ? undefined : this.set.authors.get(message.author);
    if (author !== undefined) this.participant(conversation, author.user);
    this.filesOf(message);
  }

  growing(conversation: string, uuid: string): void {
    this.conversation(conversation);
    const row = this.set.conversationsByUuid.get(conversation);
    if (!row || this.set.growing.has(uuid)) return;
    const found = this.statement.growingKey.get(row.id, uuid);
    this.set.growing.set(uuid, found === undefined ? null : { message: found.id, from: 0, more: null });
  }

  sent(user: number | { uuid: string }, kind: 'support' | 'direct', uuid: string): void {
    const id = typeof user === 'number' ? user : this.keyOf(user);
    if (id === undefined) return;
    const key = sentKey(id, kind, uuid);
    if (this.set.sentBefore.has(key)) return;
    const found = this.statement.sent.get({ user: id, kind, uuid });
    if (found === undefined) {
      this.set.sentBefore.set(key, null);
      return;
    }
    // The same row as by its conversation: what an earlier change of the batch does to it shows here too.
    this.message(found.conversation, uuid);
    const row = this.set.conversationsByUuid.get(found.conversation);
    this.set.sentBefore.set(key, (row && this.set.messagesOf(row.id).get(uuid)) ?? null);
  }

  protected filesOf(message: MessageRow): void {
    if (message.kind === 'file' && message.deletedAt === null) this.attachmentsOf(message.id);
  }

  private attachmentsOf(message: number): void {
    const rows = this.statement.attachmentsOf.all({ message }).map((row) => this.heldAttachment(row));
    this.set.attachmentsOf.set(
      message,
      rows.toSorted((a, b) => a.place - b.place),
    );
  }

  attachment(uuid: string): void {
    if (this.set.attachments.has(uuid)) return;
    const row = this.statement.attachment.get({ uuid });
    if (row === undefined) this.set.attachments.set(uuid, null);
    else this.heldAttachment(row);
  }

  /** The one row of the set for what was just read. */
  private heldAttachment(row: AttachmentRow): AttachmentRow {
    const held = this.set.attachments.get(row.uuid);
    if (held) return held;
    this.set.addAttachment(row);
    if (row.file !== null && !this.set.files.has(row.file)) {
      const file = this.statement.file.get({ id: row.file });
      if (file !== undefined) this.set.addFile(file);
    }
    return row;
  }

  protected uploadsOf(user: number): AttachmentRow[] {
    return this.statement.waitingAttachmentsOf.all({ user }).map((row) => this.heldAttachment(row));
  }

  file(hash: string): void {
    if (this.set.filesByHash.has(hash)) return;
    const row = this.statement.fileByHash.get({ hash });
    if (row === undefined) this.set.filesByHash.set(hash, null);
    else this.set.addFile(row);
  }

  shown(avatar: string): void {
    const { userShowing, authorShowing } = this.statement;
    this.set.shown.set(avatar, (userShowing.get({ avatar }) ?? authorShowing.get({ avatar })) !== undefined);
  }

  waitingOf(user: number): void {
    if (this.set.waitingOf.has(user)) return;
    this.set.waitingOf.set(user, this.statement.waitingOf.get({ user })?.count ?? 0);
  }
}
