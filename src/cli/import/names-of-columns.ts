/** By which names the columns of foreign tables are known, the first the best; `_` and capitals do not matter. */

export const KINDS = ['users', 'conversations', 'participants', 'messages'] as const;
export type Kind = (typeof KINDS)[number];

const CREATED = ['created_at', 'created', 'timestamp', 'sent_at', 'started_at', 'start_time', 'date', 'time'];

const columns = {
  users: {
    id: ['id', '_id', 'user_id', 'visitor_id', 'uuid'],
    name: ['name', 'display_name', 'full_name', 'username', 'first_name'],
    email: ['email', 'email_address', 'mail'],
    role: ['role', 'user_role', 'user_type', 'type'],
    admin: ['is_admin', 'admin'],
    createdAt: [...CREATED, 'registered_at', 'joined_at'],
    lastSeenAt: ['last_seen_at', 'last_seen', 'last_active_at', 'last_active'],
  },
  conversations: {
    id: ['session_id', 'conversation_id', 'chat_id', 'room_id', 'id', '_id'],
    row: ['_id', 'id'],
    customer: ['user_id', 'customer_id', 'visitor_id', 'client_id', 'user', 'created_by'],
    assignee: ['assignee_id', 'admin_id', 'agent_id', 'peer_id', 'peer_advocate_id', 'advocate_id', 'volunteer_id'],
    type: ['type', 'session_type', 'chat_type', 'queue'],
    first: ['user1_id', 'user_1_id', 'user_one_id', 'user_a_id', 'participant1_id', 'participant_1_id', 'sender_id'],
    second: ['user2_id', 'user_2_id', 'user_two_id', 'user_b_id', 'participant2_id', 'participant_2_id', 'receiver_id'],
    people: ['participants', 'participant_ids', 'members', 'users'],
    status: ['status', 'state'],
    active: ['is_active', 'active', 'is_open'],
    subject: ['subject', 'topic', 'title'],
    createdAt: CREATED,
    closedAt: ['closed_at', 'ended_at', 'end_time', 'resolved_at'],
    ip: ['ip', 'ip_address', 'visitor_ip', 'client_ip'],
    userAgent: ['user_agent'],
    name: ['visitor_name', 'customer_name', 'user_name', 'name'],
    email: ['visitor_email', 'customer_email', 'user_email', 'email'],
  },
  participants: {
    conversation: ['conversation_id', 'session_id', 'chat_id', 'room_id'],
    user: ['user_id', 'participant_id', 'member_id'],
    name: ['name', 'user_name', 'display_name'],
    title: ['title', 'role'],
    moderator: ['is_moderator', 'moderator', 'is_admin', 'is_host'],
    createdAt: ['joined_at', 'created_at'],
  },
  messages: {
    id: ['id', '_id', 'message_id', 'uuid'],
    conversation: ['conversation_id', 'session_id', 'chat_id', 'room_id', 'chat_session_id', 'thread_id'],
    author: ['sender_id', 'author_id', 'from_user_id', 'from_id', 'user_id', 'admin_id', 'peer_id'],
    from: ['from', 'sender_role', 'sender_type', 'sender', 'author_role', 'role', 'sent_by'],
    name: ['sender_name', 'author_name', 'user_name', 'from_name'],
    receiver: ['receiver_id', 'recipient_id', 'to_user_id', 'to_id'],
    kind: ['message_type', 'kind', 'type'],
    content: ['content', 'message', 'text', 'body', 'msg'],
    createdAt: CREATED,
    editedAt: ['edited_at'],
    deleted: ['is_deleted', 'deleted'],
    deletedAt: ['deleted_at'],
    read: ['is_read', 'read', 'seen'],
    readAt: ['read_at', 'seen_at'],
    url: ['attachment_url', 'file_url', 'media_url', 'image_url', 'attachment', 'file'],
    fileName: ['attachment_name', 'file_name'],
    ai: ['is_ai', 'ai', 'is_bot', 'from_bot'],
    admin: ['is_admin', 'from_admin', 'is_from_admin', 'is_staff'],
  },
} as const satisfies Record<Kind, Record<string, readonly string[]>>;

export type Field<K extends Kind> = keyof (typeof columns)[K] & string;
/** The values of a row by the names of here. */
export type Fields<K extends Kind> = { [F in Field<K>]?: unknown };

/** A field that a name stands for, and how well. */
interface Meaning {
  field: string;
  rank: number;
}

/** More names than any table has: a file may not fill the memory with them. */
const MAX_KNOWN = 10_000;

/** The columns that Parley takes of each table, for the documentation. */
export const columnNames: Readonly<Record<Kind, Readonly<Record<string, readonly string[]>>>> = columns;

/** What is said of a source's tables and columns where their names do not tell it. */
export interface ColumnNames {
  tables: ReadonlyMap<string, Kind | 'skip'>;
  /** `messages.content` → the column that is it. */
  maps: ReadonlyMap<string, string>;
}

export class Columns {
  private readonly tables: ReadonlyMap<string, Kind | 'skip'>;
  private readonly ranks: Record<Kind, ReadonlyMap<string, Meaning[]>>;
  private readonly kinds = new Map<string, Kind | null>();
  /** What names mean as they are written: there are few, and millions of rows. */
  private readonly found: Record<Kind, Map<string, Meaning[]>>;

  constructor({ tables, maps }: ColumnNames) {
    this.tables = new Map([...tables].map(([name, kind]) => [bare(name), kind]));
    this.ranks = ofEach((kind) => ranksOf(kind, maps));
    this.found = ofEach(() => new Map());
  }

  /** Whether there is that field, such as `messages.content`. */
  static has(name: string): boolean {
    const [kind = '', field = ''] = name.split('.', 2);
    const known = KINDS.find((one) => one === kind);
    return known !== undefined && Object.hasOwn(columns[known], field);
  }

  /** Null: a table that nothing is taken from. */
  kindOf(table: string): Kind | null {
    const known = this.kinds.get(table);
    if (known !== undefined) return known;
    const given = this.tables.get(bare(table));
    const kind = given === undefined ? kindByName(bare(table)) : given === 'skip' ? null : given;
    if (this.kinds.size < MAX_KNOWN) this.kinds.set(table, kind);
    return kind;
  }

  fieldsOf<K extends Kind>(kind: K, values: Readonly<Record<string, unknown>>): Fields<K> {
    const fields: Record<string, unknown> = {};
    const best: Record<string, number> = {};
    for (const name in values) {
      const value = values[name];
      if (value === null || value === undefined || value === '') continue;
      for (const { field, rank } of this.meanings(kind, name)) {
        if (rank >= (best[field] ?? Number.POSITIVE_INFINITY)) continue;
        best[field] = rank;
        fields[field] = value;
      }
    }
    return fields as Fields<K>;
  }

  private meanings(kind: Kind, name: string): Meaning[] {
    const found = this.found[kind];
    const known = found.get(name);
    if (known !== undefined) return known;
    const meanings = this.ranks[kind].get(bare(name)) ?? [];
    if (found.size < MAX_KNOWN) found.set(name, meanings);
    return meanings;
  }
}

function ofEach<T>(make: (kind: Kind) => T): Record<Kind, T> {
  return Object.fromEntries(KINDS.map((kind) => [kind, make(kind)])) as Record<Kind, T>;
}

function ranksOf(kind: Kind, maps: ReadonlyMap<string, string>) {
  const ranks = new Map<string, Meaning[]>();
  const add = (name: string, field: string, rank: number) =>
    ranks.set(bare(name), [...(ranks.get(bare(name)) ?? []), { field, rank }]);
  for (const [field, names] of Object.entries(columns[kind])) {
    const mapped = maps.get(`${kind}.${field}`);
    // Who says which column it is means no other.
    if (mapped !== undefined) add(mapped, field, 0);
    else for (const [rank, name] of names.entries()) add(name, field, rank);
  }
  return ranks;
}

function bare(name: string): string {
  return name.toLowerCase().replaceAll(/[_\s-]/g, '');
}

function kindByName(name: string): Kind | null {
  if (/message/.test(name)) return 'messages';
  if (/participant|member/.test(name)) return 'participants';
  if (/conversation|session|room|thread|chats?$/.test(name)) return 'conversations';
  return /user|visitor|customer|people|person/.test(name) ? 'users' : null;
}
