/** What mails say. */
import type { Letter, News } from '../../chat/notices/letter.ts';

/** Where links lead. */
export interface Places {
  publicUrl: string;
  chatUrl: string;
}

export interface Wording {
  subject: string;
  text: string;
  /** Where mails of that kind are refused; null: there is nothing to refuse. */
  unsubscribe: string | null;
}

const MINUTE_MS = 60_000;

export function wordingOf(letter: Letter, places: Places): Wording {
  const { publicUrl } = places;
  const written = (...lines: string[]) => {
    const hello = letter.to.name === null ? 'Hello,' : `Hello ${letter.to.name},`;
    return [hello, '', ...lines, ''].join('\n');
  };
  if (letter.kind === 'news') {
    const unsubscribe = `${publicUrl}/unsubscribe?token=${letter.unsubscribe}`;
    const { subject, about } = told(letter.news);
    const refusal = `\nNo more mails like this: ${unsubscribe}`;
    return { subject, text: written(about, placeOf(letter, places), refusal), unsubscribe };
  }
  const link = `${publicUrl}/console#link=${letter.link}`;
  if (letter.kind === 'invitation') {
    const about = 'You are invited to answer in the chat. Choose a password here within seven days:';
    return { subject: 'You are invited', text: written(about, link), unsubscribe: null };
  }
  const about = 'Somebody, probably you, asked for a new password. Choose it here within an hour:';
  const end = '\nIf it was not you, do nothing: your password stays.';
  return { subject: 'Your new password', text: written(about, link, end), unsubscribe: null };
}

function told(news: News): { subject: string; about: string } {
  if (news.kind === 'queue') {
    const minutes = Math.max(1, Math.round(news.waitingMs / MINUTE_MS));
    return { subject: 'Somebody is waiting', about: `Somebody has been waiting in the queue for ${minutes} min.` };
  }
  const { unread, from, text } = news;
  const count = unread === 1 ? 'A new message' : `${unread} new messages`;
  const subject = from === null ? count : `${count} from ${from}`;
  return { subject, about: text === null ? `${subject}.` : `${subject}:\n\n${text}` };
}

/** Secrets stand in the fragment alone: it is sent to no server and stands in no log. */
function placeOf({ news, link }: Letter & { kind: 'news' }, { publicUrl, chatUrl }: Places): string {
  if (link === null) return `\n${publicUrl}/console#conversation=${news.conversation}`;
  const place = `${chatUrl}#link=${link}&conversation=${news.conversation}`;
  return `\nRead and answer here (the link works once, for seven days):\n${place}`;
}
