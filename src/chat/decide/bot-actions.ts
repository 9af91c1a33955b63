/** What a bot does besides answering: all of it in the commit of its answer. */
import type { ConversationRow, MessageRow, UserRow } from '../../db/rows.ts';
import { MAX_FIELDS, MAX_TAGS } from '../../protocol/limits.ts';
import type { Actions } from '../bots/turn-change.ts';
import type { Publication } from '../publication.ts';
import { append } from './append.ts';
import { authorOf } from './author.ts';
import { tellMe } from './people-rows.ts';
import type { Case } from './rule.ts';
import { assign, close, type SideNote } from './support.ts';
import { setTags, tagsOf } from './tags.ts';
import { openTurns } from './turns.ts';

/** What came of it: messages of the side that are written, notes that are still to be, and what others hear. */
export interface Done {
  messages: MessageRow[];
  notes: SideNote[];
  publications: Publication[];
}

export function carryOutActions(given: Case, main: ConversationRow, bot: UserRow, actions: Actions): Done {
  const done: Done = { messages: [], notes: [], publications: setFields(given, main, actions.fields) };
  if (mayClose(given, main, actions)) done.notes.push(...close(given, main, bot));
  if (actions.handover !== null && main.assignee === bot.id) {
    const { note } = actions.handover;
    if (note !== null) done.messages.push(...writeNote(given, main, bot, note));
    assign(given, main, null);
    done.notes.push({ code: 'assigned', by: bot, to: null });
  }
  const tagged = addTags(given, main, actions.tags);
  if (tagged !== null) done.notes.push({ code: 'tags', by: bot, ...tagged });
  return done;
}

/** Nobody closes over what the customer wrote meanwhile, which is the bot's next turn, or over who is to take over. */
function mayClose({ set }: Case, main: ConversationRow, { close, handover }: Actions): boolean {
  return close && handover === null && main.status === 'open' && openTurns(set, main).length === 0;
}

/** To those that are there; what would be too many is left out. */
function addTags({ set }: Case, main: ConversationRow, tags: readonly string[]): ReturnType<typeof setTags> {
  const side = set.sides.get(main.id);
  if (side === undefined) return null;
  return setTags(set, side, [...new Set([...tagsOf(set, side), ...tags])].slice(0, MAX_TAGS));
}

/** A bot does not read the side conversation, and yet it may leave a word there. */
function writeNote(given: Case, main: ConversationRow, bot: UserRow, content: string): MessageRow[] {
  const side = given.set.sides.get(main.id);
  if (side === undefined) return [];
  side.rev += 1;
  return [append(given, side, { author: authorOf(given.set, bot), content, afterSeq: main.seq })];
}

/** Those of the customer's that are named are replaced; what would be too many is left out. */
function setFields(given: Case, main: ConversationRow, fields: Record<string, string>): Publication[] {
  const customer = main.customer === null ? undefined : given.set.users.get(main.customer);
  const added = Object.entries(fields);
  // Nothing is noted of who was erased while the bot was writing.
  if (customer === undefined || customer.erasedAt !== null || added.length === 0) return [];
  const merged = new Map([...Object.entries(customer.fields), ...added]);
  customer.fields = Object.fromEntries([...merged].slice(0, MAX_FIELDS));
  given.set.marked.users.save(customer);
  return [tellMe(given, customer)];
}
