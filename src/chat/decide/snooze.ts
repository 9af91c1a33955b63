/** The end of putting off, by time: the conversation is among the team's open ones again. */
import type { EndSnoozeChange } from '../change.ts';
import type { Rule } from './rule.ts';
import { Story } from './story.ts';
import { snooze, writeNotes } from './support.ts';

/** Its time has come. One that was changed since it was looked up stays as it is. */
export const endSnooze: Rule<EndSnoozeChange> = {
  want(change, want) {
    want.conversation(change.conversation);
  },

  decide(given, { conversation, until }) {
    const { set, at } = given;
    const main = set.conversationsByUuid.get(conversation);
    const side = main ? set.sides.get(main.id) : undefined;
    if (!main || side === undefined || side.snoozedUntil !== until || until > at) {
      return { value: null, publications: [] };
    }
    const story = new Story(given, main, null);
    snooze(given, main, null);
    story.notes(writeNotes(given, main, [{ code: 'snoozed', by: null, until: null }]));
    return { value: null, publications: [story.end()] };
  },
};
