/** Reads a database file by its tables and says where it contradicts itself. */
import Database from 'better-sqlite3';

export interface Stored {
  seq: number;
  rev: number;
  content: string;
}

export interface Ledger {
  /** By conversation and message id: `<conversation> <message>`. */
  messages: Map<string, Stored>;
  /** A sentence for each rule that the file breaks. */
  faults: string[];
}

/** Each gives the conversations in which it does not hold. */
const rules: Record<string, string> = {
  'seq counts the messages, without a hole': `
    select c.uuid from conversations c
    left join (select conversation, count(*) as n, max(seq) as last, min(seq) as first from messages group by 1) m
      on m.conversation = c.id
    where c.seq <> coalesce(m.n, 0) or c.seq <> coalesce(m.last, 0) or coalesce(m.first, 1) <> 1`,
  'no message is there twice': `
    select c.uuid from messages m join conversations c on c.id = m.conversation
    group by m.conversation, m.uuid having count(*) > 1`,
  'rev rises with seq, and no message is ahead of its conversation': `
    select c.uuid from messages m join conversations c on c.id = m.conversation
    left join messages before on before.conversation = m.conversation and before.seq = m.seq - 1
    where m.changed = 0 and (m.rev > c.rev or (before.changed = 0 and m.rev <= before.rev))`,
  'a list shows the newest message that was not deleted': `
    select c.uuid from conversations c join messages m on m.conversation = c.id and m.seq = c.last_seq
    where c.last_text <> substr(m.content, 1, 120) or exists (
      select 1 from messages n where n.conversation = c.id and n.seq > m.seq and n.kind <> 'system'
      and n.deleted_at is null)`,
  'nobody has read what is not there': `
    select c.uuid from participants p join conversations c on c.id = p.conversation
    where p.read_seq > c.seq or p.own_after_read > c.seq - p.read_seq`,
  'a support conversation has its side': `
    select c.uuid from conversations c where c.kind = 'support'
    and not exists (select 1 from conversations side where side.parent = c.id)`,
  'the clock is not behind what it has stamped': `
    select uuid from conversations, meta where conversations.position > meta.position`,
};

/** Opens `file`, a copy of which nobody else uses, and closes it. */
export function readLedger(file: string): Ledger {
  const database = new Database(file, { fileMustExist: true });
  try {
    const whole = database.pragma('integrity_check', { simple: true });
    const orphans = database.pragma('foreign_key_check') as unknown[];
    const broken = Object.entries(rules).flatMap(([rule, sql]) =>
      database
        .prepare(sql)
        .pluck()
        .all()
        .map((uuid) => `${rule}: not in ${String(uuid)}`),
    );
    const faults = [
      ...(whole === 'ok' ? [] : [String(whole)]),
      ...orphans.map((row) => JSON.stringify(row)),
      ...broken,
    ];
    const rows = database
      .prepare(
        `select c.uuid || ' ' || m.uuid as key, m.seq, m.rev, m.content
         from messages m join conversations c on c.id = m.conversation`,
      )
      .all() as (Stored & { key: string })[];
    return { messages: new Map(rows.map(({ key, ...stored }) => [key, stored])), faults };
  } finally {
    database.close();
  }
}
