/** The commands: what each is for, what may be written behind it, and where it lies. Help and completion come of this. */
import { allSettings } from '../config/setting.ts';

export interface Command {
  summary: string;
  /** Words that may come first. */
  what?: readonly string[];
  /** Options without a value, besides `--help`. */
  words?: readonly string[];
  /** Options with one: what it may be, or `file`, or anything. */
  values?: Readonly<Record<string, readonly string[] | 'file' | 'any'>>;
  /** What the places are, if they are files. */
  files?: true;
  /** The settings that mean something to it. */
  settings: readonly string[];
  /** Gives the exit code; undefined: it goes on working and ends by itself. */
  run: (args: readonly string[]) => Promise<number | undefined>;
}

const ALL = allSettings.flatMap(({ flag }) => (flag === undefined ? [] : [flag]));
const DATA = ['data'];
const ADDRESS = ['host', 'port'];
const URL_OPTION = { url: 'any' } as const;

/** Each is loaded when it is asked for. */
export const commands: ReadonlyMap<string, Command> = new Map<string, Command>([
  [
    'serve',
    {
      summary: 'start the server',
      settings: ALL,
      run: async (args) => (await import('./serve.ts')).serve(args),
    },
  ],
  [
    'user',
    {
      summary: 'who may log in',
      what: ['list', 'add', 'disable', 'password', 'second-factor'],
      words: ['json'],
      values: { role: ['admin', 'agent', 'peer'], name: 'any' },
      settings: [...DATA, 'public-url'],
      run: async (args) => (await import('./user.ts')).user(args),
    },
  ],
  [
    'key',
    {
      summary: "the host's API keys",
      what: ['list', 'create', 'revoke'],
      words: ['json'],
      values: { scope: ['tokens', 'users', 'conversations', 'conversations:all', 'messages'] },
      settings: DATA,
      run: async (args) => (await import('./key.ts')).key(args),
    },
  ],
  [
    'token',
    {
      summary: "a token of one of the host's users",
      words: ['json'],
      values: { ttl: 'any', name: 'any', ...URL_OPTION },
      settings: ADDRESS,
      run: async (args) => (await import('./token.ts')).token(args),
    },
  ],
  [
    'send',
    {
      summary: 'send a message to a server that runs',
      words: ['json'],
      values: { as: 'any', id: 'any', ...URL_OPTION },
      settings: ADDRESS,
      run: async (args) => (await import('./send.ts')).send(args),
    },
  ],
  [
    'tail',
    {
      summary: 'print messages and events as they come',
      words: ['json', 'all'],
      values: { as: 'any', ...URL_OPTION },
      settings: ADDRESS,
      run: async (args) => (await import('./tail.ts')).tail(args),
    },
  ],
  [
    'backup',
    {
      summary: 'copy everything, while the server works',
      words: ['json'],
      values: { keep: 'any' },
      files: true,
      settings: DATA,
      run: async (args) => (await import('./backup.ts')).backup(args),
    },
  ],
  [
    'restore',
    {
      summary: 'put a backup in the place of what there is',
      words: ['json'],
      files: true,
      settings: DATA,
      run: async (args) => (await import('./restore.ts')).restore(args),
    },
  ],
  [
    'check',
    {
      summary: 'see whether all is as it should be',
      words: ['json'],
      files: true,
      settings: DATA,
      run: async (args) => (await import('./check.ts')).check(args),
    },
  ],
  [
    'import',
    {
      summary: 'bring in what another chat has kept',
      words: ['json'],
      values: {
        from: ['000', '001', '002', '003', '004', 'parley'],
        table: 'any',
        map: 'any',
        'close-before': 'any',
        report: 'file',
      },
      files: true,
      settings: DATA,
      run: async (args) => (await import('./import.ts')).bringInFiles(args),
    },
  ],
  [
    'export',
    {
      summary: 'write all that people made, for others to read',
      words: ['json'],
      files: true,
      settings: DATA,
      run: async (args) => (await import('./export.ts')).exportAll(args),
    },
  ],
  [
    'migrate',
    {
      summary: 'bring the database up to date without serving, or into another store',
      words: ['json', 'new-epoch'],
      values: { from: 'any', to: 'any' },
      settings: DATA,
      run: async (args) => (await import('./migrate.ts')).migrate(args),
    },
  ],
  [
    'health',
    {
      summary: 'ask whether the server takes requests',
      words: ['json'],
      settings: ADDRESS,
      run: async (args) => (await import('./health.ts')).health(args),
    },
  ],
  [
    'config',
    {
      summary: 'show the settings in force',
      words: ['json', 'markdown'],
      settings: ALL,
      run: async (args) => (await import('./config.ts')).config(args),
    },
  ],
  [
    'completion',
    {
      summary: 'a script by which a shell completes all this',
      what: ['bash', 'zsh', 'fish'],
      settings: [],
      run: async (args) => (await import('./completion.ts')).completion(args, commands),
    },
  ],
]);
