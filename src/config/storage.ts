import { Type } from 'typebox';

/** Where everything is kept, and how it is written. */
export const storage = {
  data: Type.String({
    env: 'PARLEY_DATA',
    description: 'Folder of the database, the attachments and the signing secret. Made when it is missing.',
    default: './data',
    example: '/var/lib/parley',
    form: 'file',
  }),
  database: Type.Optional(
    Type.String({
      env: 'PARLEY_DATABASE',
      description:
        'A PostgreSQL database instead of the file in the data folder, of one server so far. Attachments and the signing secret stay in the folder.',
      example: 'postgres://parley:password@db.internal/parley',
      form: 'postgres',
      secret: true,
    }),
  ),
  backupFolder: Type.Optional(
    Type.String({
      env: 'PARLEY_BACKUP_FOLDER',
      description: 'Folder in which the server makes a backup of everything from time to time. Not set: it makes none.',
      example: '/mnt/backup',
      form: 'file',
    }),
  ),
  backupHours: Type.Integer({
    env: 'PARLEY_BACKUP_HOURS',
    description: 'Hours from one backup to the next.',
    default: 24,
    minimum: 1,
    maximum: 8_760,
    example: '6',
  }),
  backupKeep: Type.Integer({
    env: 'PARLEY_BACKUP_KEEP',
    description: 'How many of these backups are kept; the oldest goes when a new one is whole.',
    default: 14,
    minimum: 1,
    maximum: 9_999,
    example: '30',
  }),
  writerQueue: Type.Integer({
    env: 'PARLEY_WRITER_QUEUE',
    description: 'Changes that may wait to be written; one more is refused with `OVERLOADED`.',
    default: 10_000,
    minimum: 1,
    maximum: 1_000_000,
    example: '20000',
  }),
  batchSize: Type.Integer({
    env: 'PARLEY_BATCH_SIZE',
    description: 'Changes that share one transaction at most. What arrived meanwhile is written together.',
    default: 256,
    minimum: 1,
    maximum: 10_000,
    example: '128',
  }),
  readerQueue: Type.Integer({
    env: 'PARLEY_READER_QUEUE',
    description: 'Slow readings (search, reports) that may wait for a thread; one more is refused with `OVERLOADED`.',
    default: 100,
    minimum: 1,
    maximum: 10_000,
    example: '200',
  }),
};
