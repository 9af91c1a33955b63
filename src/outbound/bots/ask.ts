/** How a bot's program is asked: what is sent to which URL. */
import type { BotHow, Question } from '../../chat/bots/turns.ts';
import type { Message } from '../../protocol/message.ts';
import { signedHeaders } from '../webhook-signature.ts';
import { OFFERED, type ToolCalls } from './tools.ts';

export interface Asking {
  url: string;
  headers: Record<string, string>;
  body: string;
}

/**
 * @param at ms, for the signature
 * @param taken the tools that a model has taken without a word: it is asked for its words now
 */
export function askingOf(how: BotHow, question: Question, at: number, taken?: ToolCalls): Asking {
  return how.engine === 'openai' ? askModel(how, question, taken) : askWebhook(how, question, at);
}

function askWebhook(how: BotHow, question: Question, at: number): Asking {
  const { conversation, message, history, unanswered, customer, replyUrl, turnId } = question;
  const said =
    how.format === 'n8n'
      ? { action: 'sendMessage', sessionId: conversation.id, chatInput: unanswered.join('\n') }
      : { conversation, message, history, customer, replyUrl };
  const body = JSON.stringify(said);
  const signature = how.secret === null ? {} : signedHeaders([how.secret], turnId, at, body);
  return { url: how.url, headers: { 'content-type': 'application/json', ...signature }, body };
}

interface ModelMessage {
  role: 'system' | 'user' | 'assistant';
  content: string;
}

function askModel(how: BotHow, { message, history }: Question, taken?: ToolCalls): Asking {
  const messages: ModelMessage[] = how.prompt === null ? [] : [{ role: 'system', content: how.prompt }];
  for (const said of [...history, message]) addTo(messages, said, message.author?.id);
  const { model, temperature } = how;
  const body = JSON.stringify({
    model,
    messages: [...messages, ...(taken?.asMessages() ?? [])],
    stream: true,
    ...(temperature === null ? {} : { temperature }),
    ...(how.actions ? { tools: OFFERED, tool_choice: taken === undefined ? 'auto' : 'none' } : {}),
  });
  const headers = {
    'content-type': 'application/json',
    ...(how.key === null ? {} : { authorization: `Bearer ${how.key}` }),
  };
  return { url: `${how.url.replace(/\/+$/, '')}/chat/completions`, headers, body };
}

/** Many a model's template wants the two to take turns: what one says in a row is one message. */
function addTo(messages: ModelMessage[], { author, content }: Message, customer: string | undefined): void {
  const role = author?.id === customer ? 'user' : 'assistant';
  const text = content ?? '';
  const last = messages.at(-1);
  if (text === '') return;
  if (last?.role === role) last.content += `\n\n${text}`;
  else messages.push({ role, content: text });
}
