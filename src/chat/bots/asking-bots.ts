/** All about bots' turns, put together: for who asks the bots, and for who waits for what they say. */
import type { Store } from '../../db/store.ts';
import type { Writer } from '../../db/writer.ts';
import type { Change } from '../change.ts';
import type { Publication } from '../publication.ts';
import { createConversationViews } from '../readings/conversation-views.ts';
import { createMessageViews } from '../readings/message-views.ts';
import { prepareRows } from '../readings/rows.ts';
import { createThreads } from '../readings/threads.ts';
import { createUnreadCount } from '../readings/unread-count.ts';
import type { Seal } from '../seal.ts';
import { prepareBots } from './bots.ts';
import { createReplies } from './replies.ts';
import { createReplyTokens } from './reply-token.ts';
import type { Streams } from './streams.ts';
import { prepareTurns } from './turn-readings.ts';
import { createTurns } from './turns.ts';

interface Parts {
  store: Pick<Store, 'questions' | 'reading'>;
  writer: Writer<Change, Publication>;
  streams: Streams;
  seal: Seal;
  /** What `replyUrl`s are signed with. */
  replyKey: Buffer;
  maxLength: number;
  now: () => number;
  typing: Parameters<typeof createTurns>[0]['typing'];
}

export function createAskingBots({ store, writer, streams, seal, replyKey, maxLength, now, typing }: Parts) {
  const db = store.questions;
  const rows = prepareRows(db);
  const threads = createThreads(rows);
  const messages = createMessageViews(rows, streams.textOf);
  const conversations = createConversationViews(rows, threads, createUnreadCount(db), maxLength);
  const readings = prepareTurns(db);
  const turns = createTurns({
    writer,
    readings,
    bots: prepareBots(db),
    rows,
    views: { conversations, messages },
    streams,
    seal,
    tokens: createReplyTokens(replyKey),
    reading: store.reading,
    now,
    typing,
  });
  return { turns, replies: createReplies(turns, readings, rows, messages) };
}
