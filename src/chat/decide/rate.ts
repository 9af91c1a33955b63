/** The customer's word on a conversation that is over. Said again, the last one counts. */
import { codePointLength } from '../../protocol/code-points.ts';
import { MAX_COMMENT_LENGTH } from '../../protocol/limits.ts';
import { misshapen, Refusal } from '../../protocol/refusal.ts';
import type { RateChange } from '../change.ts';
import { userAsking, wantAsker } from './asker.ts';
import type { Rule } from './rule.ts';
import { checkRate } from './sending-rate.ts';
import { Story } from './story.ts';
import { writeNotes } from './support.ts';
import { threadFor } from './thread.ts';

export const rate: Rule<RateChange> = {
  want(change, want) {
    wantAsker(change.by, want);
    if (change.by.user !== null) want.participant(change.conversation, change.by.user);
  },

  decide(given, change) {
    const { set, position } = given;
    const user = userAsking(set, change.by);
    const { row, main } = threadFor(set, user, change.conversation);
    if (row !== main) throw new Refusal('NOT_FOUND');
    if (main.kind !== 'support' || user.id !== main.customer) throw new Refusal('FORBIDDEN');
    if (codePointLength(change.comment) > MAX_COMMENT_LENGTH) {
      throw misshapen('comment', `must have at most ${MAX_COMMENT_LENGTH} characters`);
    }
    checkRate(given, user, change);
    if (main.status !== 'closed') {
      throw new Refusal('FORBIDDEN', { message: 'A conversation is rated when it is closed.' });
    }
    const story = new Story(given, main, change.by.line);
    main.rev += 1;
    main.position = position;
    main.rating = change.score;
    main.comment = change.comment === '' ? null : change.comment;
    set.marked.conversations.save(main);
    story.updated();
    story.notes(writeNotes(given, main, [{ code: 'rated', comment: change.comment }]));
    return { value: { conversation: story.conversationFor(user) }, publications: [story.end()] };
  },
};
