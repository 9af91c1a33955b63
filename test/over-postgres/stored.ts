/** Whether a PostgreSQL database holds what servers have acknowledged. */
import type { Test } from 'tap';
import { queried } from '../db/postgres/server.ts';
import type { Stored } from '../life/ledger.ts';
import type { Book } from '../life/writers.ts';

/**
 * Fails unless what was acknowledged is there as it was told, once, and numbers have no hole.
 *
 * @returns what is there, by `<conversation> <message>`
 */
export async function compare(t: Test, url: string, book: Book, when: string): Promise<Map<string, Stored>> {
  // Others may go on meanwhile.
  const acknowledged = new Map(book.acknowledged);
  return queried(url, async (client) => {
    client.setTypeParser(20, Number);
    const { rows } = await client.query<Stored & { key: string }>(
      `select c.uuid || ' ' || m.uuid as key, m.seq, m.rev, m.content from messages m join conversations c on c.id = m.conversation`,
    );
    const kept = new Map<string, Stored>(rows.map(({ key, ...stored }) => [key, stored]));
    t.equal(kept.size, rows.length, `${when}: nothing is there twice`);
    const missing = [...acknowledged].filter(([key, told]) => JSON.stringify(kept.get(key)) !== JSON.stringify(told));
    t.same(missing, [], `${when}: all ${acknowledged.size} acknowledged messages are stored as they were told`);
    const holes = await client.query(
      `select c.uuid from conversations c left join (
         select conversation, count(*) as n, max(seq) as last from messages group by 1) m on m.conversation = c.id
       where c.seq <> coalesce(m.n, 0) or c.seq <> coalesce(m.last, 0)`,
    );
    t.same(holes.rows, [], `${when}: seq has no hole`);
    return kept;
  });
}
