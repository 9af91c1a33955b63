/** Deleting: text and files are erased, a tombstone keeps the place. */
import { Refusal } from '../../protocol/refusal.ts';
import { mayDelete } from '../access.ts';
import type { DeleteChange } from '../change.ts';
import { showLast } from './append.ts';
import { userAsking, wantAsker } from './asker.ts';
import { note } from './audit.ts';
import { changed, messageIn, same } from './edit.ts';
import type { Rule } from './rule.ts';
import { Story } from './story.ts';
import { threadFor } from './thread.ts';
import { tombstone } from './tombstone.ts';

export const erase: Rule<DeleteChange> = {
  want(change, want) {
    wantAsker(change.by, want);
    if (change.by.user !== null) want.participant(change.conversation, change.by.user);
    want.message(change.conversation, change.id);
    want.lastBefore(change.conversation, change.id);
  },

  decide(given, change) {
    const { set } = given;
    const user = userAsking(set, change.by);
    const thread = threadFor(set, user, change.conversation);
    const { row, main, me } = thread;
    const message = messageIn(set, thread, change.id);
    const author = set.writerOf(message);
    if (message.kind === 'system' || !mayDelete(user, row, author, me?.moderator === true)) {
      throw new Refusal('FORBIDDEN');
    }
    if (message.deletedAt !== null) return same(given, thread, message, user);
    if (author !== user.id) {
      const conversation = main.uuid;
      note(given, change.by, {
        action: change.type,
        target: { type: 'message', id: message.uuid },
        details: { conversation },
      });
    }
    const story = new Story(given, main, change.by.line);
    const wasLast = row.lastSeq === message.seq;
    const files = tombstone(given, row, main, message, author);
    if (wasLast) {
      const last = set.lastBefore.get(row.id) ?? null;
      showLast(row, last, set.authorOf(last?.author));
    }
    const { value, publications } = changed(given, thread, message, story, 'message.deleted', user, wasLast);
    return { value, publications: [...publications, ...files] };
  },
};
