import type { Message } from '../../protocol/message.ts';
import { type HttpOptions, pathOf } from './http.ts';

/** What came of a message to a bot. */
export type Reply = { message: Message; reply: Message | null; handedOver?: true };

/** Longer than the server lets any bot think: it tells by itself when that is over. */
const PATIENCE_MS = 15 * 60 * 1000;

/** The message as it was sent, sent again: a retry, which waits for the reply. */
export function waitingFor(message: Message, { signal }: { signal?: AbortSignal }): [string, unknown, HttpOptions] {
  const { id, conversationId, content, attachments } = message;
  const link = attachments.find(({ url }) => url !== undefined)?.url;
  const files = attachments.filter(({ url }) => url === undefined).map((one) => one.id);
  const draft = {
    id,
    ...(content ? { content } : {}),
    ...(files.length > 0 ? { attachments: files } : {}),
    ...(link === undefined ? {} : { attachmentUrl: link }),
  };
  const options = { query: { wait: 'reply' }, timeoutMs: PATIENCE_MS, ...(signal === undefined ? {} : { signal }) };
  return [pathOf(conversationId, '/messages'), draft, options];
}
