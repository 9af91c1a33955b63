/** The thread that a caller names, as far as they may know it. What may not be read does not exist for who asks. */
import type { ConversationRow, ParticipantRow } from '../../db/rows.ts';
import { isId, normaliseId } from '../../protocol/id.ts';
import { Refusal } from '../../protocol/refusal.ts';
import { mayRead, mayReadSide, type Someone, type Standing, type View, viewOf } from '../access.ts';
import { type Caller, hasScope, type KeyCaller } from '../caller.ts';
import type { Rows } from './rows.ts';

export interface Thread {
  /** Where the messages are. */
  row: ConversationRow;
  /** The conversation that people know: `row` itself, or the parent of a side conversation. */
  main: ConversationRow;
}

export type Threads = ReturnType<typeof createThreads>;

export function createThreads(rows: Rows) {
  /** The caller's participation, if they are in it now. */
  async function participation(caller: Caller, conversation: number): Promise<ParticipantRow | null> {
    if (caller.kind === 'key') return null;
    const found = await rows.participant.get({ conversation, user: caller.id });
    return found === undefined || found.leftAt !== null ? null : found;
  }

  /** Of a conversation that people know; a side conversation is judged by {@link seen}. */
  async function reads(caller: Caller, main: Standing): Promise<boolean> {
    if (caller.kind === 'key') return keyReads(caller, main);
    return mayRead(caller, main, main.kind !== 'support' && (await participation(caller, main.id)) !== null);
  }

  /** The thread of a row as far as the caller may know it; null: they may not. */
  async function seen(caller: Caller, row: ConversationRow): Promise<Thread | null> {
    if (row.kind !== 'side') return (await reads(caller, row)) ? { row, main: row } : null;
    const main = row.parent === null ? undefined : await rows.conversation.get({ id: row.parent });
    return main === undefined || !readsSide(caller, main) ? null : { row, main };
  }

  /** A conversation or a side conversation by its id, in any case; throws `NOT_FOUND`. */
  async function find(caller: Caller, id: string): Promise<Thread> {
    checkKeyMayRead(caller);
    const row = isId(id) ? await rows.conversationByUuid.get({ uuid: normaliseId(id) }) : undefined;
    const thread = row === undefined ? null : await seen(caller, row);
    if (thread === null) throw new Refusal('NOT_FOUND');
    return thread;
  }

  /** Where a side conversation's id is not good: what people know as a conversation; throws `NOT_FOUND`. */
  async function findMain(caller: Caller, id: string): Promise<ConversationRow> {
    const { row, main } = await find(caller, id);
    if (row !== main) throw new Refusal('NOT_FOUND');
    return main;
  }

  /** The id of a conversation's side; throws `NOT_FOUND` where there is none for the caller. */
  async function sideOf(caller: Caller, id: string): Promise<string> {
    const main = await findMain(caller, id);
    const side = readsSide(caller, main) ? await rows.side.get({ parent: main.id }) : undefined;
    if (side === undefined) throw new Refusal('NOT_FOUND');
    return side.uuid;
  }

  return { participation, reads, seen, find, findMain, sideOf };
}

function keyReads(caller: KeyCaller, { kind }: Standing): boolean {
  if (hasScope(caller, 'conversations:all')) return kind !== 'side';
  return kind === 'support' && hasScope(caller, 'conversations');
}

function readsSide(caller: Caller, main: Standing): boolean {
  return caller.kind === 'key' ? keyReads(caller, main) : mayReadSide(caller, main);
}

/** A key without a scope for reading is told so, whatever it asks for: that tells nothing of what is there. */
export function checkKeyMayRead(caller: Caller): void {
  if (caller.kind === 'user') return;
  if (!hasScope(caller, 'conversations') && !hasScope(caller, 'conversations:all')) throw new Refusal('FORBIDDEN');
}

/** Who asks, where an API key may not. */
export function userOnly<C extends Caller>(caller: C): Extract<C, { kind: 'user' }> {
  if (caller.kind === 'key') throw new Refusal('FORBIDDEN');
  return caller as Extract<C, { kind: 'user' }>;
}

/** What of a conversation that they may read a caller is shown: the host sees what the team sees. */
export function viewFor(caller: Caller, main: Standing): View {
  return caller.kind === 'key' ? 'team' : viewOf(caller, main);
}

/** Whether a caller reads a support conversation as one of the team, by whose mark it then counts. */
export function asTeam(caller: Someone, main: Standing): boolean {
  return main.kind === 'support' && main.customer !== caller.id;
}
