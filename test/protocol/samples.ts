// Whole answers to judge shapes by, as a server would give them.
import type { Conversation } from '../../src/protocol/conversation.ts';
import type { Message } from '../../src/protocol/message.ts';
import type { Participant } from '../../src/protocol/participant.ts';
import type { Me, Person } from '../../src/protocol/person.ts';

export const ID = '01890a5d-ac96-774b-bcce-b302099a8057';
export const OTHER_ID = '01890a5d-ac96-774b-bcce-b302099a8058';
export const TIME = '2026-01-31T12:00:00.000Z';

export const ann: Person = { id: ID, name: 'Ann', role: 'user' };

export const me: Me = { ...ann, anonymous: true, fields: { plan: 'free' } };

export const message: Message = {
  id: ID,
  conversationId: OTHER_ID,
  seq: 1,
  rev: 2,
  kind: 'text',
  author: ann,
  ai: false,
  content: 'Hi',
  attachments: [],
  createdAt: TIME,
  editedAt: null,
  deletedAt: null,
};

export const participant: Participant = {
  user: ann,
  joinedAt: TIME,
  leftAt: null,
  moderator: false,
  rev: 1,
  readSeq: 0,
  readAt: null,
  deliveredSeq: 0,
};

export const conversation: Conversation = {
  id: OTHER_ID,
  kind: 'support',
  seq: 1,
  rev: 2,
  status: 'open',
  subject: null,
  maxLength: 1000,
  participants: [participant],
  assignee: null,
  queue: 'agent',
  last: { seq: 1, authorId: ID, kind: 'text', text: 'Hi', at: TIME },
  activity: 1_769_860_800_000_000,
  createdAt: TIME,
  closedAt: null,
  team: { id: ID, seq: 0, rev: 1, tags: [], snoozedUntil: null, ip: '::1', userAgent: null, context: { page: '/' } },
};
