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
        'A PostgreSQL database instead of the file in the data folder, which several servers may share. It holds the signing secret too.',
      example: 'postgres://parley:password@db.internal/parley',
      form: 'postgres',
      secret: true,
    }),
  ),
  databaseConnections: Type.Integer({
    env: 'PARLEY_DATABASE_CONNECTIONS',
    description:
      'Connections to PostgreSQL for what is read, a sixth of them for what may take long (search, reports). Up to seven more are for the rest.',
    default: 12,
    minimum: 2,
    maximum: 1_000,
    example: '24',
  }),
  bus: Type.Optional(
    Type.String({
      env: 'PARLEY_BUS',
      description:
        'A NATS server that carries what the servers of one database say to each other and nobody keeps (typing, presence, what bots are writing). Not set: PostgreSQL does.',
      example: 'nats://parley:password@nats.internal:4222',
      form: 'nats',
      secret: true,
    }),
  ),
  files: Type.Optional(
    Type.String({
      env: 'PARLEY_FILES',
      description:
        'Where attachments are kept instead of `files/` in the data folder: a folder that is there, or a bucket of an S3 store and a prefix in it. Several servers on one database share it.',
      example: 's3://parley-files/chat',
      form: 'place',
    }),
  ),
  s3Endpoint: Type.Optional(
    Type.String({
      env: 'PARLEY_S3_ENDPOINT',
      description: "Address of the bucket's store. Not set: Amazon's of the region.",
      example: 'https://s3.internal:9000',
      form: 'origin',
    }),
  ),
  s3Region: Type.String({
    env: 'PARLEY_S3_REGION',
    description: 'Region that requests to the bucket are signed for.',
    default: 'us-east-1',
    example: 'eu-central-1',
    form: 'host',
  }),
  s3KeyId: Type.Optional(
    Type.String({
      env: 'PARLEY_S3_KEY_ID',
      description: 'Id of the key that may read, write, list and remove below the prefix of the bucket.',
      example: 'AKIAIOSFODNN7EXAMPLE',
      form: 'line',
    }),
  ),
  s3SecretKey: Type.Optional(
    Type.String({
      env: 'PARLEY_S3_SECRET_KEY',
      description: 'The secret key that belongs to it.',
      example: '"$(cat /run/secrets/parley-s3)"',
      form: 'line',
      secret: true,
    }),
  ),
  s3PathStyle: Type.Boolean({
    env: 'PARLEY_S3_PATH_STYLE',
    description: "Whether the bucket stands in an address's path; else in its host's name.",
    default: true,
    example: 'false',
  }),
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
