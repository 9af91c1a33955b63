/**
 * What has reached somebody's device, read or not. In memory and told at once; it is written with the next read mark,
 * and may be lost.
 */

import type { Bus } from '../../db/bus.ts';
import type { Hub } from '../../hub/hub.ts';
import { misshapen, Refusal } from '../../protocol/refusal.ts';
import type { Caller } from '../caller.ts';
import type { MarkPublication } from '../publication.ts';
import type { Rows } from '../readings/rows.ts';
import { type Threads, userOnly } from '../readings/threads.ts';
import type { UnreadCount } from '../readings/unread-count.ts';
import { timeOrNull } from '../views.ts';
import { isNear } from './earshot.ts';
import { Recent } from './recent.ts';

const KEPT = 50_000;
const SUBJECT = 'delivered';

/** What a server tells the others: how the conversation stands they read anew. */
type Said = Omit<MarkPublication, 'standing'> & { conversation: number; users: number[]; deliveredSeq: number };

export interface DeliveredOptions {
  hub: Hub;
  bus: Bus;
  rows: Rows;
  threads: Threads;
  unread: UnreadCount;
  announce: (publication: MarkPublication) => void;
  onError: (error: unknown) => void;
}

export function createDelivered({ hub, bus, rows, threads, unread, announce, onError }: DeliveredOptions) {
  const marks = new Recent<string, number>(KEPT);
  bus.hear(SUBJECT, (said) => void hear(said as Said).catch(onError));

  /** From another server, for the lines here. */
  async function hear({ conversation, users, ...mark }: Said): Promise<void> {
    const key = `${mark.conversationId} ${mark.reader}`;
    if (mark.deliveredSeq > (marks.get(key) ?? 0)) marks.set(key, mark.deliveredSeq);
    if (hub.watchers().size === 0 && !isNear(hub, { conversation, users })) return;
    const standing = await rows.conversation.get({ id: conversation });
    if (standing !== undefined) announce({ ...mark, standing });
  }

  return {
    /** The mark of a conversation's participant, for the next read mark; 0: nothing is known beyond what is kept. */
    of(conversationUuid: string, user: number): number {
      return marks.get(`${conversationUuid} ${user}`) ?? 0;
    },

    /** Moves the caller's mark up to `seq`; who has no mark there (the team in support) is answered the same. */
    async mark(caller: Caller, conversationId: string, seq: number): Promise<void> {
      const user = userOnly(caller);
      const [{ row, main }, reader] = await Promise.all([
        threads.find(user, conversationId),
        rows.user.get({ id: user.id }),
      ]);
      if (reader?.blockedAt != null) throw new Refusal('BLOCKED');
      if (row !== main) throw misshapen('conversationId', 'must not be a side conversation');
      if (main.kind === 'room') throw misshapen('conversationId', 'must not be a room: there are no delivered marks');
      const me = await threads.participation(user, main.id);
      if (me === null) return;
      const key = `${main.uuid} ${user.id}`;
      const moved = Math.min(seq, main.seq);
      const hasMoved = () => moved > Math.max(me.deliveredSeq, me.readSeq, marks.get(key) ?? 0);
      if (!hasMoved()) return;
      const [both, left] = await Promise.all([
        main.kind === 'direct' ? rows.present.all({ conversation: main.id }) : [],
        unread.ofReader(main, me),
      ]);
      // By another line meanwhile.
      if (!hasMoved()) return;
      marks.set(key, moved);
      const mark = {
        type: 'mark' as const,
        conversationId: main.uuid,
        reader: user.id,
        userId: user.uuid,
        readSeq: me.readSeq,
        readAt: timeOrNull(me.readAt),
        deliveredSeq: moved,
        unread: left,
        readers: both.map((present) => present.user.id),
        toOthers: true,
      };
      announce({ ...mark, standing: main });
      if (bus.others.size === 0) return;
      const users = [user.id, ...mark.readers, ...(main.assignee === null ? [] : [main.assignee])];
      bus.tell(SUBJECT, { ...mark, conversation: main.id, users } satisfies Said);
    },
  };
}
