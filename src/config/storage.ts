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
