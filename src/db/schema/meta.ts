/**
 * The tables of the store itself. For all tables of this folder: inside, keys are integers handed out by the writer
 * (one counter, never used twice); a UUID in lower case stands beside whatever the outside may name. Times are
 * milliseconds of Unix time and order nothing; positions are microseconds of the store's clock and order everything.
 * A file may export `withoutRowid`, the tables whose primary key is their only way in: they are kept as one tree.
 */
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/**
 * One row: which life of the file this is (`epoch`), where its clock stands, the last key handed out (both may be kept a
 * little ahead, see meta-keeper.ts); all files' bytes;
 * up to which key messages are in the search index, and which version of Parley made that.
 */
export const meta = sqliteTable('meta', {
  id: integer().primaryKey(),
  epoch: text().notNull(),
  position: integer().notNull(),
  lastId: integer().notNull(),
  fileBytes: integer().notNull().default(0),
  searchMark: integer().notNull().default(0),
  searchVersion: integer().notNull().default(0),
});
