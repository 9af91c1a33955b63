/** Holds a data folder against what people were told: a sentence for each thing that is not as it should be. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { ofTheFile, rowsBeside } from '../database.ts';
import { readLedger } from '../life/ledger.ts';
import type { Told } from './told.ts';

interface Row {
  id: string;
  conversation: string;
  seq: number;
  content: string | null;
  deletedAt: number | null;
  file: string | null;
}

/**
 * What was acknowledged is in the file as it was told, once; nothing is there that nobody sent; marks have not fallen.
 *
 * @param file a copy of the database, which nobody else uses
 * @param known messages that were there before anybody began
 */
export function auditDatabase(file: string, told: Told, known: ReadonlySet<string>): string[] {
  const found = readLedger(file).faults;
  const database = new Database(file, { readonly: true });
  try {
    const rows = database
      .prepare(
        `select m.uuid as id, c.uuid as conversation, m.seq, m.content, m.deleted_at as deletedAt, f.hash as file
         from messages m join conversations c on c.id = m.conversation
         left join attachments a on a.message = m.id left join files f on f.id = a.file
         where m.kind <> 'system'`,
      )
      .all() as Row[];
    const stored = Map.groupBy(rows, ({ id }) => id);
    for (const [id, copies] of stored) {
      if (copies.length > 1) found.push(`message ${id} is there ${copies.length} times, or has as many files`);
      if (!told.fates.has(id) && !known.has(id)) found.push(`message ${id} is there, and nobody sent it`);
    }
    for (const fate of told.fates.values()) {
      const row = stored.get(fate.id)?.[0];
      if (row === undefined) {
        if (fate.place !== null) found.push(`message ${fate.id} was acknowledged and is not there`);
        continue;
      }
      const content = row.deletedAt === null ? row.content : null;
      if (!fate.may.has(content))
        found.push(`message ${fate.id} says ${content}, and not ${[...fate.may].join(' or ')}`);
      if (fate.place !== null && (fate.place.seq !== row.seq || fate.place.conversationId !== row.conversation))
        found.push(`message ${fate.id} is ${row.seq} of ${row.conversation}, told as ${JSON.stringify(fate.place)}`);
      if (content !== null && fate.file !== row.file) found.push(`message ${fate.id} has the file ${row.file}`);
    }
    return [...found, ...fallenMarks(database, told)];
  } finally {
    database.close();
  }
}

function fallenMarks(database: Database.Database, { marks }: Told): string[] {
  const mark = database
    .prepare(
      `select max(coalesce(p.read_seq, 0), iif(u.role = 'user', 0, c.team_read_seq)) from conversations c, users u
       left join participants p on p.conversation = c.id and p.user = u.id where c.uuid = ? and u.uuid = ?`,
    )
    .pluck();
  return [...marks].flatMap(([key, seq]) => {
    const now = mark.get(...key.split(' ')) as number;
    return now >= seq ? [] : [`the mark of ${key} was told to be ${seq}, and is ${now}`];
  });
}

/** How a folder's files and those that its database speaks of differ: a sentence for each. */
export async function differingFiles(folder: string): Promise<string[]> {
  const kept = new Set((await rowsBeside(folder, 'select hash from files')).map(({ hash }) => String(hash)));
  const there = readdirSync(join(folder, 'files'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);
  const missing = [...kept].filter((hash) => !there.includes(hash)).map((hash) => `the file ${hash} is not there`);
  // In a folder that servers share, what broke off stays for an hour, beside what tells them that it is theirs.
  const more = ofTheFile ? [] : there.filter((name) => !kept.has(name)).map((name) => `the file ${name} is nobody's`);
  return [...missing, ...more];
}

/** What is unread by the definition: written by others, not deleted, not by the system, after one's mark. */
export async function unreadOf(folder: string, user: string): Promise<Map<unknown, unknown>> {
  const rows = await rowsBeside(
    folder,
    `select c.uuid as id, count(m.id) as unread from participants p
       join users u on u.id = p.user join conversations c on c.id = p.conversation
       left join messages m on m.conversation = c.id and m.seq > p.read_seq and m.kind <> 'system'
         and m.deleted_at is null and (select a.user from authors a where a.id = m.author) is distinct from p.user
       where u.uuid = '${user}' and c.kind <> 'side' group by c.id having count(m.id) > 0 order by c.uuid`,
  );
  return new Map(rows.map(({ id, unread }) => [id, unread]));
}
