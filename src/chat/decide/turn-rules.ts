/** The rules of a bot's turn, from its beginning to its answer or its fallback. */
import type { ConversationRow, MessageRow, TurnRow, UserRow } from '../../db/rows.ts';
import type { Want } from '../../db/want.ts';
import type { WorkingSet } from '../../db/working-set.ts';
import type { TurnChange, TurnName } from '../bots/turn-change.ts';
import { append, showLast } from './append.ts';
import { authorOf } from './author.ts';
import { carryOutActions } from './bot-actions.ts';
import type { Case, Rule, Ruling } from './rule.ts';
import { Story } from './story.ts';
import { answersByItself, assign, type SideNote, writeNotes } from './support.ts';
import { endTurn, endTurns, openTurns, tellTurn } from './turns.ts';

type TurnRules = { [T in TurnChange['type']]: Rule<Extract<TurnChange, { type: T }>> };

/** Told to whoever asked: the turn is over, whatever it wanted to do. */
const OVER: Ruling = { value: null, publications: [] };

/** One that goes on, and whose it is. */
interface Going {
  main: ConversationRow;
  turn: TurnRow;
  bot: UserRow;
}

function wantTurn({ conversation, bot }: TurnName, want: Want): void {
  want.conversation(conversation);
  want.authors(bot);
}

function goingOn(set: WorkingSet, { conversation, turn: id }: TurnName): Going | null {
  const main = set.conversationsByUuid.get(conversation);
  if (!main) return null;
  const turn = openTurns(set, main).find((one) => one.id === id);
  const bot = turn === undefined ? undefined : set.users.get(turn.bot);
  return turn === undefined || bot === undefined ? null : { main, turn, bot };
}

export const turnRules: TurnRules = {
  'turn.begin': {
    want: wantTurn,
    decide(given, change) {
      const { set } = given;
      const going = goingOn(set, change);
      if (going === null || openTurns(set, going.main)[0] !== going.turn) return OVER;
      const { main, turn, bot } = going;
      if (main.assignee !== bot.id || main.status !== 'open') {
        endTurns(given, main);
        return OVER;
      }
      if (!answersByItself(bot)) return release(given, main, null);
      turn.state = 'asked';
      set.marked.turns.save(turn);
      return { value: true, publications: [] };
    },
  },

  'turn.defer': {
    want: wantTurn,
    decide(given, change) {
      const going = goingOn(given.set, change);
      if (going === null || going.turn.reply !== null) return OVER;
      going.turn.state = 'deferred';
      going.turn.until = change.until;
      given.set.marked.turns.save(going.turn);
      tellTurn(given, going.main, going.turn);
      return { value: true, publications: [] };
    },
  },

  'turn.drop': {
    want: wantTurn,
    decide(given, change) {
      const going = goingOn(given.set, change);
      if (going !== null) endTurn(given, going.main, going.turn, 'answered');
      return OVER;
    },
  },

  'turn.answer': {
    want(change, want) {
      wantTurn(change, want);
      want.message(change.conversation, change.id);
    },
    decide(given, change) {
      const { set } = given;
      const going = goingOn(set, change);
      if (going === null || going.turn.reply !== null || set.messagesOf(going.main.id).get(change.id)) return OVER;
      const { main, turn, bot } = going;
      const speaks = change.content !== '' || change.state === 'streaming';
      const story = new Story(given, main, null);
      const before = [main.status, main.assignee];
      main.rev += 1;
      main.position = given.position;
      set.marked.conversations.save(main);
      const message = speaks ? say(given, going, change) : null;
      if (change.state === 'streaming') {
        turn.reply = message?.seq ?? null;
        turn.state = 'asked';
        set.marked.turns.save(turn);
      } else endTurn(given, main, turn, 'answered', message?.seq ?? null);
      const done = change.actions === null ? NOTHING_DONE : carryOutActions(given, main, bot, change.actions);
      const tellsMore = main.status !== before[0] || main.assignee !== before[1];
      if (message !== null) story.message('message.created', message, main, { answered: false, tellsMore });
      else story.updated();
      return ended(given, story, main, message, done);
    },
  },

  'turn.text': {
    want(change, want) {
      wantTurn(change, want);
      want.growing(change.conversation, change.id);
    },
    decide({ set }, change) {
      const growing = goingOn(set, change) === null ? null : set.growing.get(change.id);
      if (!growing) return OVER;
      growing.from = change.from;
      growing.more = change.more;
      return { value: true, publications: [] };
    },
  },

  'turn.finish': {
    want(change, want) {
      wantTurn(change, want);
      want.message(change.conversation, change.id);
    },
    decide(given, change) {
      const { set } = given;
      const main = set.conversationsByUuid.get(change.conversation);
      const message = main ? set.messagesOf(main.id).get(change.id) : undefined;
      if (!main || !message || message.state !== 'streaming') return OVER;
      const going = goingOn(set, change);
      const story = new Story(given, main, null);
      const wasLast = main.lastSeq === message.seq;
      message.content = change.content;
      message.state = change.state;
      if (change.quickReplies !== null) message.extra = { ...message.extra, quickReplies: change.quickReplies };
      if (wasLast) showLast(main, message, set.authorOf(message.author));
      main.rev += 1;
      main.position = given.position;
      message.rev = main.rev;
      message.changed = true;
      set.marked.messages.save(message);
      set.marked.conversations.save(main);
      if (going !== null && !change.failed) endTurn(given, main, going.turn, 'answered');
      const acts = going === null || change.actions === null ? null : change.actions;
      const done = going === null || acts === null ? NOTHING_DONE : carryOutActions(given, main, going.bot, acts);
      story.message('message.updated', message, main, { answered: false, tellsMore: wasLast });
      return ended(given, story, main, message, done);
    },
  },

  'turn.fail': {
    want(change, want) {
      wantTurn(change, want);
      want.row('bots', change.bot);
      want.message(change.conversation, change.id);
    },
    decide(given, change) {
      const { set } = given;
      const going = goingOn(set, change);
      if (going === null) return OVER;
      const { main, turn, bot } = going;
      const text = set.rows.bots.get(turn.bot)?.fallback ?? null;
      if (text === null || main.status !== 'open') {
        endTurn(given, main, turn, 'failed');
        return release(given, main, { code: 'bot_failed' });
      }
      const story = new Story(given, main, null);
      main.rev += 1;
      main.position = given.position;
      const message = say(
        given,
        { main, turn, bot },
        { id: change.id, content: text, state: null, quickReplies: null },
      );
      endTurn(given, main, turn, 'answered', message.seq);
      story.message('message.created', message, main, { answered: false, tellsMore: false });
      return ended(given, story, main, message, {
        messages: [],
        notes: [{ code: 'bot_failed' }],
        publications: [],
      });
    },
  },
};

const NOTHING_DONE: ReturnType<typeof carryOutActions> = { messages: [], notes: [], publications: [] };

interface Said {
  id: string;
  content: string;
  state: MessageRow['state'];
  quickReplies: string[] | null;
}

/** The bot's message, at the rev that the conversation has already taken. */
function say(given: Case, { main, bot }: Going, { id, content, state, quickReplies }: Said): MessageRow {
  const message = append(given, main, {
    uuid: id,
    author: authorOf(given.set, bot),
    content,
    extra: quickReplies === null ? null : { quickReplies },
    state,
  });
  main.botAfterRead += 1;
  return message;
}

/** The conversation goes back to its queue: nobody answers by itself any more. */
function release(given: Case, main: ConversationRow, failure: SideNote | null): Ruling {
  const story = new Story(given, main, null);
  const notes: SideNote[] = failure === null ? [] : [failure];
  main.rev += 1;
  main.position = given.position;
  const assigned = main.assignee !== null;
  endTurns(given, main);
  assign(given, main, null);
  if (assigned) notes.push({ code: 'assigned', by: null, to: null });
  given.set.marked.conversations.save(main);
  story.updated();
  return { value: null, publications: ended(given, story, main, null, { ...NOTHING_DONE, notes }).publications };
}

/** Tells what was done, and answers with the message. */
function ended(
  given: Case,
  story: Story,
  main: ConversationRow,
  message: MessageRow | null,
  done: ReturnType<typeof carryOutActions>,
): Ruling {
  const side = given.set.sides.get(main.id);
  if (side !== undefined) {
    for (const beside of [...done.messages, ...writeNotes(given, main, done.notes)]) {
      story.message('message.created', beside, side, { answered: false, tellsMore: false });
    }
  }
  return { value: message === null ? true : { seq: message.seq }, publications: [story.end(), ...done.publications] };
}
