/** What people read of a conversation where no program does: names, times, and what happened. */
import type { Attachment } from '../../protocol/attachment.ts';
import type { Conversation } from '../../protocol/conversation.ts';
import type { Message } from '../../protocol/message.ts';
import type { Person } from '../../protocol/person.ts';

export function titleOf({ subject, id }: Conversation): string {
  return subject ?? `Conversation ${id}`;
}

/** To the second. */
export function timeText(time: string): string {
  return `${time.slice(0, 10)} ${time.slice(11, 19)} UTC`;
}

function nameOf(person: Person): string {
  const name = person.name ?? (person.role === 'user' ? 'Guest' : 'Somebody');
  return person.title === undefined ? name : `${name} (${person.title})`;
}

export function authorOf({ author }: Message): string {
  return author === null ? 'System' : nameOf(author);
}

/** The text, or in its place what became of it. */
export function contentOf({ content, deletedAt, system }: Message): string {
  if (deletedAt !== null) return '[deleted]';
  if (content) return content;
  if (system === undefined) return '';
  return 'user' in system ? `${nameOf(system.user)} ${system.code}` : system.code;
}

export function fileText({ name, size, url }: Attachment): string {
  return url === undefined ? `[file: ${name}, ${size} bytes]` : `[link: ${url}]`;
}
