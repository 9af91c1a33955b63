/**
 * Everything that reads, for every door. A reading is one look at one state of the file: what it tells as `rev`,
 * `epoch` or cursor is true of all of it. Asynchronous to who asks, so that a store may take its time.
 */
import type { Config } from '../../config.ts';
import type { Store } from '../../db/store.ts';
import type { AssigneeCount } from '../../protocol/assignee-count.ts';
import type { Changes, History, Page, Sync } from '../../protocol/catching-up.ts';
import type { Conversation } from '../../protocol/conversation.ts';
import type { Counts } from '../../protocol/counts.ts';
import type { UnreadAnswer } from '../../protocol/http-catching-up.ts';
import type { HistoryQuery } from '../../protocol/http-messages.ts';
import type { ParticipantsQuery } from '../../protocol/http-participants.ts';
import type { Message } from '../../protocol/message.ts';
import type { Participant } from '../../protocol/participant.ts';
import type { Caller, UserCaller } from '../caller.ts';
import { createChangedConversations } from './changed-conversations.ts';
import { createChanges, type HeldByLine } from './changes.ts';
import { createConversationViews } from './conversation-views.ts';
import { createDirectReads } from './direct-reads.ts';
import { createFileReadings, type FileReadings, type FoundFile } from './files.ts';
import { createHistory } from './history.ts';
import { createInboxCounts } from './inbox-counts.ts';
import { createList } from './list.ts';
import type { ListQuery } from './list-filter.ts';
import { createMessageViews } from './message-views.ts';
import { createPeopleIn } from './people-in.ts';
import { prepareRows } from './rows.ts';
import { createRowsOfMany } from './rows-of-many.ts';
import { createSync, type Held } from './sync.ts';
import { createThreadChanges } from './thread-changes.ts';
import { createThreads } from './threads.ts';
import { createUnread } from './unread.ts';
import { createUnreadCount } from './unread-count.ts';

/** Of what a caller may not read, each throws `NOT_FOUND`, as of what does not exist. */
export interface Readings {
  conversation(caller: Caller, id: string): Promise<Conversation>;
  /** The id of its side conversation. */
  side(caller: Caller, id: string): Promise<string>;
  conversations(caller: Caller, query: ListQuery): Promise<Page<Conversation>>;
  history(caller: Caller, id: string, query: HistoryQuery): Promise<History>;
  message(caller: Caller, id: string, messageId: string): Promise<Message>;
  participants(caller: Caller, id: string, query: ParticipantsQuery): Promise<Page<Participant>>;
  sync(caller: Caller, id: string, held: Held): Promise<Sync>;
  /** Everything changed since a cursor; without one, or with one that is none, `reset`. */
  changes(caller: Caller, cursor: string | undefined): Promise<Changes>;
  /** {@link Readings.changes}, and of the threads that a new line holds what is new in each. */
  hello(caller: UserCaller, held: HeldByLine): Promise<Changes & { synced: Record<string, Sync> }>;
  /** At once: the place of a caller to whom everything up to `position` was published. */
  cursor(caller: UserCaller, position: number): string;
  unread(caller: Caller): Promise<UnreadAnswer>;
  counts(caller: UserCaller): Promise<Counts>;
  assignees(caller: Caller): Promise<AssigneeCount[]>;
  attachment(caller: Caller, id: string): Promise<FoundFile>;
  /** What of files is known without asking who asks. */
  files: Omit<FileReadings, 'attachment' | 'statement'>;
  /** Keys of the rooms that a user is in now. */
  rooms(user: number): Promise<number[]>;
}

type ReadStore = Pick<Store, 'questions' | 'epoch' | 'clock'>;

interface Given {
  store: ReadStore & Pick<Store, 'reading'>;
  config: Pick<Config, 'maxLength'>;
  /** The text of a message that is being written. */
  running: (messageId: string) => string | undefined;
}

/** The parts that readings are made of, each with its prepared statements. */
export function prepareReadings(
  store: ReadStore,
  maxLength: number,
  running: (messageId: string) => string | undefined,
) {
  const { questions: db, epoch } = store;
  const clock = () => store.clock();
  const rows = prepareRows(db);
  const threads = createThreads(rows);
  const count = createUnreadCount(db);
  const conversations = createConversationViews(rows, threads, count, maxLength);
  const many = createRowsOfMany(db);
  const messages = createMessageViews(rows, running);
  const reads = createDirectReads(db, rows);
  const threadChanges = createThreadChanges(db, messages);
  const history = createHistory(db, { rows, threads, messages, reads, epoch });
  const sync = createSync(db, { rows, threads, conversations, messages, changes: threadChanges, reads, epoch });
  const list = createList(db, { rows, threads, conversations, many });
  const changed = createChangedConversations(db, { rows, threads, many });
  const changes = createChanges({ conversations, many, changed, list: list.list, sync, epoch, clock });
  const inbox = createInboxCounts(db, clock);
  const unread = createUnread(db, { inbox });
  const people = createPeopleIn(db, rows, threads);
  const files = createFileReadings(db, rows, threads);
  return {
    parts: { threads, conversations, history, sync, list, changes, inbox, unread, people, files },
    /** By the file that has them. */
    statements: {
      rows,
      rowsOfMany: many.statement,
      unreadCount: count.statement,
      directReads: reads.statement,
      threadChanges: threadChanges.statement,
      history: history.statement,
      sync: sync.statement,
      list: list.statement,
      changedConversations: changed.statement,
      inboxCounts: inbox.statement,
      unread: unread.statement,
      peopleIn: people.statement,
      files: files.statement,
    },
  };
}

export function createReadings({ store, config, running }: Given): Readings {
  const { parts } = prepareReadings(store, config.maxLength, running);
  const { threads, conversations, history, sync, list, changes, inbox, unread, people, files } = parts;
  const reading =
    <A extends unknown[], T>(read: (...given: A) => Promise<T>) =>
    (...given: A): Promise<T> =>
      store.reading(() => read(...given));

  return {
    conversation: reading(async (caller: Caller, id: string) =>
      conversations.show(caller, await threads.findMain(caller, id)),
    ),
    side: reading(threads.sideOf),
    conversations: reading(list.list),
    history: reading(history.history),
    message: reading(history.message),
    participants: reading(people.participants),
    sync: reading((caller: Caller, id: string, held: Held) => sync.sync(caller, id, held)),
    changes: reading(changes.changes),
    hello: reading(changes.hello),
    cursor: changes.cursor,
    unread: reading(unread.unread),
    counts: reading(inbox.counts),
    assignees: reading(inbox.assignees),
    attachment: reading(files.attachment),
    files,
    rooms: reading(people.rooms),
  };
}
