/** Von der Seite, die sagt, wie es dem Server geht. */
import type { Text } from '../../texts.ts';
import type { server as english } from '../en/server.ts';

export const server: Record<keyof typeof english, Text> = {
  server: 'Server',
  serverAbout: 'Wie es diesem Prozess geht, seit er gestartet wurde.',
  unknownProxy:
    'Anfragen scheinen durch einen Proxy zu kommen: Nenne ihn in PARLEY_TRUST_PROXY. Bis dahin gilt keine Grenze je Adresse.',
  works: 'Läuft',
  version: 'Version',
  startedAt: 'Gestartet',
  yourLine: 'Deine Verbindung',
  disk: 'Speicherplatz',
  database: 'Datenbank',
  databaseAndLog: '{size}, ihr Protokoll {log}',
  files: 'Dateien',
  freeSpace: 'Frei',
  lastBackup: 'Letzte Sicherung',
  work: 'Arbeit',
  nOfMost: '{n} von {most}',
  waitToBeWritten: 'Warten aufs Schreiben',
  batches: 'Zusammen geschrieben',
  batchesHow: 'im Mittel {mean}, höchstens {most}; 99 von 100 binnen {time}',
  connections: 'Offene Verbindungen',
  nUsers: { one: 'von einer Person', other: 'von {count} Personen' },
  eventLoop: 'Verspätung',
  eventLoopHow: '{median}; 99 von 100 Malen {p99}, höchstens {most}, in der letzten Minute',
  longestMessage: 'Längste Nachricht',
  largestFile: 'Größte Datei',
  slowestRoutes: 'Langsamste Routen',
  route: 'Route',
  answers: 'Antworten',
  longest: 'Längste',
};
