/** Of the page that tells how the server is. */
import type { Text } from '../../texts.ts';

export const server = {
  server: 'Server',
  serverAbout: 'How this process is, since it was started.',
  unknownProxy:
    'Requests seem to come through a proxy: name it in PARLEY_TRUST_PROXY. Until then there are no limits by address.',
  works: 'Works',
  version: 'Version',
  startedAt: 'Started',
  yourLine: 'Your line',
  disk: 'Disk',
  database: 'Database',
  databaseAndLog: '{size}, its log {log}',
  files: 'Files',
  freeSpace: 'Free',
  lastBackup: 'Last backup',
  work: 'Work',
  nOfMost: '{n} of {most}',
  waitToBeWritten: 'Wait to be written',
  batches: 'Written together',
  batchesHow: '{mean} on average, {most} at most; 99 of 100 within {time}',
  connections: 'Open lines',
  nUsers: { one: 'of one user', other: 'of {count} users' },
  eventLoop: 'Late by',
  eventLoopHow: '{median}; 99 of 100 times {p99}, at most {most}, in the last minute',
  longestMessage: 'Longest message',
  largestFile: 'Largest file',
  slowestRoutes: 'Slowest routes',
  route: 'Route',
  answers: 'Answers',
  longest: 'Longest',
} satisfies Record<string, Text>;
