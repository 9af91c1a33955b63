/** Coming into a room and going out of it: two revs, the participant and then its system message. */
import type { ConversationRow, ParticipantRow, UserRow } from '../../db/rows.ts';
import { Refusal } from '../../protocol/refusal.ts';
import { isPersonOfTeam } from '../access.ts';
import type { By } from '../caller.ts';
import type { PutParticipantChange, RemoveParticipantChange } from '../change.ts';
import { participantView } from '../views.ts';
import { append } from './append.ts';
import { askerOf, checkKeyKnows, wantAsker } from './asker.ts';
import { note } from './audit.ts';
import { authorOf } from './author.ts';
import { checkGuest, guestUser, wantGuest } from './guest.ts';
import { addParticipant, joinedNow } from './make.ts';
import type { Case, Rule } from './rule.ts';
import { Story } from './story.ts';
import { type Thread, threadFor } from './thread.ts';

/** The room, if who asks may change who is in it; `self`: they ask about themselves. */
function room(given: Case, by: By, user: UserRow | null, uuid: string, self: boolean): Thread {
  const thread = threadFor(given.set, user, uuid);
  if (thread.row !== thread.main) throw new Refusal('NOT_FOUND');
  checkKeyKnows(given.set, by, thread.main);
  if (thread.main.kind !== 'room') throw new Refusal('FORBIDDEN');
  if (user !== null && thread.me?.moderator !== true && !self) throw new Refusal('FORBIDDEN');
  return thread;
}

export const putParticipant: Rule<PutParticipantChange> = {
  want(change, want) {
    wantAsker(change.by, want);
    if (change.by.user === null) want.conversation(change.conversation);
    else want.participant(change.conversation, change.by.user);
    wantGuest(change.guest, want);
    want.participantNamed(change.conversation, change.guest.user);
  },

  decide(given, change) {
    const { set } = given;
    const user = askerOf(set, change.by);
    const { main } = room(given, change.by, user, change.conversation, false);
    checkGuest(set, change.guest, user);
    const who = guestUser(given, change.guest);
    const known = set.participantsOf(main.id).get(who.id) ?? null;
    const { title = null, moderator = false } = change.guest;
    if (known !== null && known.leftAt === null) return again(given, main, known, who, change);
    const story = new Story(given, main, change.by.line);
    main.rev += 1;
    const row: ParticipantRow = { ...(known ?? {}), ...joinedNow(given, main, who), title, moderator };
    if (known === null) addParticipant(given, main, row);
    else {
      Object.assign(known, row);
      set.marked.participants.save(known);
      main.participantCount += 1;
    }
    const participant = participantView(known ?? row, who);
    story.participant(participant);
    story.comesIn(who.id);
    tell(given, main, story, 'joined', who, row.title);
    return { value: { participant, made: true }, publications: [story.end()] };
  },
};

/** Somebody who is in already: another title, or a moderator now. */
function again(given: Case, main: ConversationRow, row: ParticipantRow, who: UserRow, change: PutParticipantChange) {
  const { title = row.title, moderator = row.moderator } = change.guest;
  if (row.title === title && row.moderator === moderator) {
    return { value: { participant: participantView(row, who), made: false }, publications: [] };
  }
  const story = new Story(given, main, change.by.line);
  main.rev += 1;
  main.position = given.position;
  row.title = title;
  row.moderator = moderator;
  row.rev = main.rev;
  given.set.marked.participants.save(row);
  given.set.marked.conversations.touch(main);
  const participant = participantView(row, who);
  story.participant(participant);
  return { value: { participant, made: false }, publications: [story.end()] };
}

export const removeParticipant: Rule<RemoveParticipantChange> = {
  want(change, want) {
    wantAsker(change.by, want);
    if (change.by.user === null) want.conversation(change.conversation);
    else want.participant(change.conversation, change.by.user);
    want.userByUuid(change.user);
    want.participantNamed(change.conversation, { uuid: change.user });
  },

  decide(given, change) {
    const { set, at, position } = given;
    const user = askerOf(set, change.by);
    const who = set.usersByUuid.get(change.user);
    const { main } = room(given, change.by, user, change.conversation, who != null && who.id === user?.id);
    const row = who ? (set.participantsOf(main.id).get(who.id) ?? null) : null;
    if (!who || row === null || row.leftAt !== null) throw new Refusal('NOT_FOUND');
    const story = new Story(given, main, change.by.line);
    main.rev += 1;
    row.rev = main.rev;
    row.leftAt = at;
    row.memberPosition = position;
    main.participantCount -= 1;
    set.marked.participants.save(row);
    story.participant(participantView(row, who));
    story.goesOut(who.id);
    tell(given, main, story, 'left', who, row.title);
    if (who.id !== user?.id && (user === null || isPersonOfTeam(user.role))) {
      const target = { type: 'user', id: who.uuid };
      note(given, change.by, { action: 'participant.delete', target, details: { conversation: main.uuid } });
    }
    return { value: undefined, publications: [story.end()] };
  },
};

function tell(
  given: Case,
  main: ConversationRow,
  story: Story,
  code: 'joined' | 'left',
  who: UserRow,
  title: string | null,
): void {
  main.rev += 1;
  const system = { code, user: authorOf(given.set, who, title).id };
  const message = append(given, main, { author: null, content: '', extra: { system }, system: true });
  given.set.marked.conversations.save(main);
  story.message('message.created', message, main, { answered: false, tellsMore: false });
}
