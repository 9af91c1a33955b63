/** The five kinds of chat that are often written by hand (docs/migrating.md), and what their rows say in Parley's words. */
import { MAX_MESSAGE_LENGTH } from '../../protocol/limits.ts';
import type { Role } from '../../protocol/person.ts';
import { plain } from './json-rows.ts';
import type { Fields } from './names-of-columns.ts';
import type { StagedConversation, StagedMessage, StagedPerson } from './staged.ts';
import { emailOf, httpsOf, idOf, lineOf, piecesOf, textOf, timeOf, timeOfObjectId, truthOf } from './values.ts';

export interface Format {
  name: string;
  kind: 'support' | 'direct' | 'room';
  /** Whether each message tells that it was read; where none does, all was. */
  marks: boolean;
  /** Whether customers are visitors without a name of the host's. */
  visitors: boolean;
  /** Whom "agent" means: an automaton, or somebody of the team. */
  agentIs: 'bot' | 'team';
  /** What people of the team are here. */
  teamRole: 'agent' | 'peer';
}

const base = { marks: false, visitors: false, agentIs: 'team', teamRole: 'agent' } as const;

export const formats: ReadonlyMap<string, Format> = new Map(
  (
    [
      { ...base, name: '000', kind: 'support', agentIs: 'bot', teamRole: 'peer' },
      { ...base, name: '001', kind: 'room' },
      { ...base, name: '002', kind: 'direct', marks: true },
      { ...base, name: '003', kind: 'support', visitors: true },
      { ...base, name: '004', kind: 'support', marks: true },
    ] satisfies Format[]
  ).map((format) => [format.name, format]),
);

/** People who stand for those whom the source does not name. */
export const BOT = 'some:bot';
export const TEAM = 'some:team';

/** The key of a user of the host's. */
export const userKey = (id: string) => `user:${id}`;
/** The key of a visitor whom nobody has named. */
const visitorKey = (id: string) => `visitor:${id}`;

export const customerKey = (format: Format, id: string) => (format.visitors ? visitorKey(id) : userKey(id));

const TEAM_WORDS = /^(admin|administrator|agent|staff|support|operator|team|moderator|employee|superadmin|owner)s?$/i;
const PEER_WORDS = /^(peer|volunteer|advocate|peer[_ ]?advocate)$/i;
const BOT_WORDS = /^(bot|ai|assistant|automaton|model|llm)$/i;
const CUSTOMER_WORDS = /^(user|visitor|customer|client|guest|patient|human|member)$/i;

type Word = 'customer' | 'team' | 'bot' | 'system';

function wordOf(format: Format, given: unknown): Word | null {
  const word = lineOf(given) ?? '';
  if (/^agent$/i.test(word)) return format.agentIs;
  if (TEAM_WORDS.test(word) || PEER_WORDS.test(word)) return 'team';
  if (BOT_WORDS.test(word)) return 'bot';
  if (CUSTOMER_WORDS.test(word)) return 'customer';
  return /^system$/i.test(word) ? 'system' : null;
}

function roleOf(format: Format, fields: Fields<'users'>): Role {
  if (truthOf(fields.admin) === true) return format.teamRole;
  const word = lineOf(fields.role) ?? '';
  if (PEER_WORDS.test(word)) return 'peer';
  const said = wordOf(format, word);
  if (said === 'bot') return 'bot';
  // Nobody becomes an admin by a file.
  return said === 'team' && format.kind !== 'room' ? format.teamRole : 'user';
}

/** What is wrong with a row, to stand in the report. */
export type Refused = { problem: string };

export function personOf(format: Format, fields: Fields<'users'>): StagedPerson | Refused {
  const id = idOf(fields.id);
  if (id === null) return { problem: 'the user has no id' };
  const role = roleOf(format, fields);
  return {
    key: role === 'user' ? customerKey(format, id) : userKey(id),
    name: lineOf(fields.name),
    email: emailOf(fields.email),
    role,
    createdAt: timeOf(fields.createdAt) ?? timeOfObjectId(id),
    lastSeenAt: timeOf(fields.lastSeenAt),
  };
}

const CLOSED = /^(closed?|ended|done|resolved|completed|archived|inactive|finished)$/i;

function closedBy(fields: Fields<'conversations'>): boolean | null {
  if (fields.closedAt !== undefined && timeOf(fields.closedAt) !== null) return true;
  const status = lineOf(fields.status);
  if (status !== null) return CLOSED.test(status);
  const active = truthOf(fields.active);
  return active === null ? null : !active;
}

export function conversationOf(format: Format, fields: Fields<'conversations'>): StagedConversation | Refused {
  const key = idOf(fields.id);
  if (key === null) return { problem: 'the conversation has no id' };
  const row = idOf(fields.row);
  const customer = idOf(fields.customer) ?? (format.visitors ? key : null);
  const assignee = idOf(fields.assignee);
  const pair = [idOf(fields.first), idOf(fields.second)].filter((id) => id !== null);
  const people = pair.length === 2 ? pair : peopleIn(fields.people);
  if (format.kind === 'support' && customer === null) return { problem: 'the conversation has no customer' };
  if (format.kind === 'direct' && (people.length !== 2 || people[0] === people[1])) {
    return { problem: 'the conversation is not one of two people' };
  }
  const type = lineOf(fields.type) ?? '';
  return {
    key,
    names: row === null || row === key ? [key] : [key, row],
    queue: PEER_WORDS.test(type) ? 'peer' : 'agent',
    customer: format.kind === 'support' && customer !== null ? customerKey(format, customer) : null,
    assignee: assignee === null ? null : userKey(assignee),
    people: format.kind === 'support' ? [] : people.map(userKey),
    closed: closedBy(fields),
    subject: lineOf(fields.subject),
    createdAt: timeOf(fields.createdAt) ?? timeOfObjectId(row),
    closedAt: timeOf(fields.closedAt),
    ip: lineOf(fields.ip),
    userAgent: lineOf(fields.userAgent),
    // Of a visitor there may be no other row.
    customerName: format.visitors ? lineOf(fields.name) : null,
    customerEmail: format.visitors ? emailOf(fields.email) : null,
  };
}

/** Ids, or objects that hold one. */
function peopleIn(value: unknown): string[] {
  const list = typeof value === 'string' && value.startsWith('[') ? parsed(value) : plain(value);
  if (!Array.isArray(list)) return [];
  return list.flatMap((one) => {
    const inner = plain(one) as { userId?: unknown; user_id?: unknown; _id?: unknown; id?: unknown } | null;
    const id = idOf(inner) ?? idOf(inner?.userId ?? inner?.user_id ?? inner?.id ?? inner?._id);
    return id === null ? [] : [id];
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** In pieces where it is too long. */
export function messageOf(format: Format, fields: Fields<'messages'>): StagedMessage[] | Refused {
  const id = idOf(fields.id);
  const at = timeOf(fields.createdAt) ?? timeOfObjectId(id);
  if (at === null) return { problem: 'the message has no time that can be read' };
  const author = idOf(fields.author) ?? (format.kind === 'support' ? null : idOf(fields.from));
  const receiver = idOf(fields.receiver);
  const conversation = idOf(fields.conversation) ?? pairName(format, author, receiver);
  if (conversation === null) return { problem: 'the message belongs to no conversation' };
  const deletedAt = timeOf(fields.deletedAt) ?? (truthOf(fields.deleted) === true ? at : null);
  const content = deletedAt === null ? contentOf(fields) : '';
  const url = deletedAt === null ? httpsOf(fields.url) : null;
  if (content === '' && url === null && deletedAt === null) return { problem: 'the message says nothing' };
  const word = truthOf(fields.ai) === true ? 'bot' : (wordFrom(format, fields) ?? null);
  const readAt = timeOf(fields.readAt);
  const message = {
    id: id ?? `${at} ${author ?? lineOf(fields.from) ?? ''} ${content}`,
    conversation,
    at,
    author,
    receiver,
    word: /^system$/i.test(lineOf(fields.kind) ?? '') ? 'system' : word,
    name: lineOf(fields.name),
    title: format.kind === 'room' ? titleOf(fields, author) : null,
    moderator: format.kind === 'room' && truthOf(fields.admin) === true,
    editedAt: timeOf(fields.editedAt),
    deletedAt,
    read: readAt !== null || (truthOf(fields.read) ?? !format.marks),
    readAt,
    fileName: lineOf(fields.fileName),
  };
  return piecesOf(content, MAX_MESSAGE_LENGTH).map((content, piece) => ({
    ...message,
    piece,
    content,
    url: piece === 0 ? url : null,
  }));
}

function pairName(format: Format, a: string | null, b: string | null): string | null {
  return format.kind === 'direct' && a !== null && b !== null ? [a, b].sort().join(' ') : null;
}

/** What is linked to and cannot be an attachment stays to be read. */
function contentOf(fields: Fields<'messages'>): string {
  const text = textOf(fields.content);
  const link = textOf(fields.url);
  if (link === '' || httpsOf(fields.url) !== null) return text;
  return text === '' ? link : `${text}\n${link}`;
}

function wordFrom(format: Format, fields: Fields<'messages'>): Word | null {
  const admin = truthOf(fields.admin);
  const said = wordOf(format, fields.from);
  if (said !== null || format.kind !== 'support' || admin === null) return said;
  return admin ? 'team' : 'customer';
}

/** In a room, what somebody is there. */
function titleOf(fields: Fields<'messages'>, author: string | null): string | null {
  const title = lineOf(fields.from);
  return title === null || title === author ? null : title;
}
