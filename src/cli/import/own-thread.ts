/** A conversation of another Parley with its side, laid down as it was there: in whole, or not at all. */
import { eq, sql } from 'drizzle-orm';
import type { Bulk } from '../../db/bulk.ts';
import { directKey, externalKey, supportKey } from '../../db/conversation-keys.ts';
import type { AttachmentRow, ConversationRow, MessageRow, ParticipantRow } from '../../db/rows.ts';
import { files } from '../../db/schema/attachments.ts';
import { conversations } from '../../db/schema/conversations.ts';
import type { MessageExtra } from '../../db/schema/messages.ts';
import { Authors, type Shown } from './authors.ts';
import type { Outcomes } from './outcome.ts';
import type { OwnPeople } from './own-people.ts';
import { messageFinder } from './thread.ts';

type Author = Shown & { user: string };
type Named = 'customer' | 'assignee' | 'lastUser';

export type OwnConversation = Omit<ConversationRow, 'id' | 'position' | 'openKey' | 'parent' | Named> &
  Record<Named | 'parent', string | null> & { open: boolean; pair: [string, string] | null; tags: string[] };
export type OwnParticipant = Omit<ParticipantRow, 'conversation' | 'user' | 'markPosition' | 'memberPosition'> & {
  user: string;
};
type OwnAttachment = Omit<AttachmentRow, 'id' | 'message' | 'file' | 'uploader'> & {
  uploader: string | null;
  hash: string | null;
};
export type OwnMessage = Omit<MessageRow, 'id' | 'conversation' | 'author' | 'extra'> & {
  author: Author | null;
  extra: (Omit<MessageExtra, 'system'> & { system?: Record<string, unknown> }) | null;
  attachments?: OwnAttachment[];
};

interface Laid {
  row: ConversationRow;
  /** Whether it was here before. */
  before: boolean;
  /** Messages of it that were met. */
  met: number;
}

const param = sql.placeholder;

export class OwnThread {
  private readonly bulk: Bulk;
  private readonly people: OwnPeople;
  private readonly authors: Authors;
  private readonly isThere: ReturnType<typeof messageFinder>;
  private readonly statement;
  private laid = new Map<string, Laid>();

  constructor(bulk: Bulk, people: OwnPeople) {
    this.bulk = bulk;
    this.people = people;
    this.authors = new Authors(bulk);
    this.isThere = messageFinder(bulk);
    const { db } = bulk;
    const conversationBy = (column: 'uuid' | 'openKey') =>
      db
        .select()
        .from(conversations)
        .where(eq(conversations[column], param('value')))
        .prepare();
    this.statement = {
      byUuid: conversationBy('uuid'),
      byOpenKey: conversationBy('openKey'),
      file: db
        .select()
        .from(files)
        .where(eq(files.hash, param('hash')))
        .prepare(),
    };
  }

  /** Of a conversation, or its side; throws for what cannot be laid down. */
  begin(given: OwnConversation): void {
    const { bulk, people } = this;
    const there = this.statement.byUuid.get({ value: given.uuid });
    if (there !== undefined) {
      if (there.rev !== given.rev) throw new Error('the conversation is here already, in another state');
      this.laid.set(given.uuid, { row: there, before: true, met: 0 });
      return;
    }
    const { open, pair, tags, parent, ...rest } = given;
    bulk.reach(Math.max(given.activity, given.waiting ?? 0));
    const row: ConversationRow = {
      ...rest,
      id: bulk.nextId(),
      position: bulk.tick(),
      openKey: null,
      parent: parent === null ? null : this.of(parent).row.id,
      customer: people.orNull(given.customer),
      assignee: people.orNull(given.assignee),
      lastUser: people.orNull(given.lastUser),
    };
    row.openKey = open ? this.openKeyOf(row, pair) : null;
    bulk.insert('conversations', row);
    for (const tag of tags) bulk.insert('tags', { conversation: row.id, tag });
    this.laid.set(given.uuid, { row, before: false, met: 0 });
  }

  private openKeyOf(row: ConversationRow, pair: [string, string] | null): string | null {
    const { kind, queue, customer, externalId } = row;
    const [a = 0, b = 0] = (pair ?? []).map((uuid) => this.people.of(uuid));
    const key =
      kind === 'support'
        ? supportKey(queue ?? 'agent', customer ?? 0)
        : kind === 'direct'
          ? directKey(a, b)
          : externalKey(externalId ?? '');
    if (this.statement.byOpenKey.get({ value: key }) === undefined) return key;
    if (kind === 'support') return null;
    throw new Error('there is another conversation of the same people, or of the same external id');
  }

  participant(conversation: string, { user, ...given }: OwnParticipant): void {
    const { row, before } = this.of(conversation);
    if (before) return;
    const { id, position } = row;
    const moved = { markPosition: position, memberPosition: position };
    this.bulk.insert('participants', { ...given, conversation: id, user: this.people.of(user), ...moved });
  }

  message(conversation: string, { attachments = [], author, extra, ...given }: OwnMessage): void {
    const laid = this.of(conversation);
    const { row, before } = laid;
    laid.met += 1;
    if (before) {
      if (!this.isThere(given.uuid, row.id)) throw new Error('the conversation is here already, with other messages');
      return;
    }
    const id = this.bulk.nextId();
    this.bulk.insert('messages', {
      ...given,
      id,
      conversation: row.id,
      author: this.authorOf(author),
      extra: extra === null ? null : this.extraOf(extra),
    });
    for (const one of attachments) this.attach(id, one);
  }

  private attach(message: number, { hash, uploader, ...given }: OwnAttachment): void {
    const file = hash === null ? undefined : this.statement.file.get({ hash });
    if (hash !== null && file === undefined) throw new Error('the bytes of an attached file are not beside the export');
    if (file !== undefined) this.bulk.save('files', { ...file, records: file.records + 1 });
    this.bulk.insert('attachments', {
      ...given,
      id: this.bulk.nextId(),
      message,
      file: file?.id ?? null,
      uploader: this.people.orNull(uploader),
    });
  }

  private authorOf(author: Author | null): number | null {
    return author === null ? null : this.authors.of(this.people.of(author.user), author).id;
  }

  private extraOf({ system, ...extra }: NonNullable<OwnMessage['extra']>): MessageExtra {
    if (system === undefined) return extra;
    const people = ['user', 'by', 'to'].filter((who) => system[who] !== undefined);
    const keys = people.map((who) => [who, this.authorOf(system[who] as Author | null)]);
    return { ...extra, system: { ...system, ...Object.fromEntries(keys) } as MessageExtra['system'] & object };
  }

  read(conversation: string, { user, seq, at }: { user: string; seq: number; at: number }): void {
    const { row, before } = this.of(conversation);
    if (!before) this.bulk.insert('reads', { conversation: row.id, user: this.people.of(user), seq, at });
  }

  private of(uuid: string): Laid {
    const laid = this.laid.get(uuid);
    if (laid === undefined) throw new Error('its conversation is not before it');
    return laid;
  }

  /** Whether a record is of what was begun last. */
  has(uuid: string): boolean {
    return this.laid.has(uuid);
  }

  /** What was begun last is at its end. Gives whether all of it was met, and counts it then. */
  end(outcomes: Outcomes): boolean {
    const all = [...this.laid.values()];
    if (all.some(({ row, met }) => met !== row.seq)) return false;
    for (const { row, before, met } of all) {
      if (before) outcomes.already += met;
      else outcomes.messages += met;
      if (!before && row.kind !== 'side') outcomes.conversations += 1;
    }
    this.laid = new Map();
    return true;
  }

  /** What was begun last is taken back. */
  forget(): void {
    this.laid = new Map();
    this.authors.forget();
  }
}
