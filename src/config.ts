import type { Static } from 'typebox';
import { nearest } from './config/nearest.ts';
import type { settingsSchema } from './config/schema.ts';
import { allSettings, type Setting } from './config/setting.ts';
import { readValue } from './config/value.ts';

/** Every setting by its name, read and checked. The settings themselves stand in config/, one file a group. */
export type Config = Static<typeof settingsSchema>;

/** Options of the command line as they were written, by the setting's name. They win over the environment. */
export type Flags = Partial<Record<keyof Config, string>>;

/** Settings that Parley does not start with. The message has one line a problem, and no secret. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/**
 * Reads the settings from an environment and, before it, from command line options. An empty value counts as not set,
 * so that a compose file can pass on what nobody has filled in. Throws a ConfigError with all problems at once:
 * wrong values, contradictions and unknown names.
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>, flags: Flags = {}): Config {
  const config: Partial<Record<keyof Config, unknown>> = {};
  const given = new Set<keyof Config>();
  const problems: string[] = [];
  for (const setting of allSettings) {
    const flag = flags[setting.name];
    const text = flag ?? env[setting.env];
    if (text === undefined || text.trim() === '') {
      if (setting.default !== undefined) config[setting.name] = structuredClone(setting.default);
      continue;
    }
    given.add(setting.name);
    const reading = readValue(setting, text);
    if ('value' in reading) config[setting.name] = reading.value;
    else problems.push(broken(setting, flag === undefined ? undefined : setting.flag, text, reading.rule));
  }
  problems.push(...contradictions(given, config), ...unknown(env));
  if (problems.length > 0) throw new ConfigError(problems);
  return config as Config;
}

/**
 * A whole Config from the defaults and what a test wants otherwise. The overrides are taken as they are: a test may go
 * below the ranges that an operator is held to (a heartbeat of 20 ms).
 */
export function configFor(overrides: Partial<Config> = {}): Config {
  return { ...readConfig({}), ...overrides };
}

function broken(setting: Setting, flag: string | undefined, text: string, rule: string): string {
  const label = flag === undefined ? setting.env : `--${flag}`;
  const example = flag === undefined ? `${label}=${setting.example}` : `${label} ${setting.example}`;
  return `${label} ${shown(setting, text)}must be ${rule}, for example ${example}`;
}

/** A refused value in a message, when it can hold no secret: no key, no password in an address. */
function shown(setting: Setting, text: string): string {
  if (setting.secret || text.includes('-----') || text.includes('@')) return '';
  return `is ${JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text)} and `;
}

/** What is of no use without another. */
const NEEDS: readonly [keyof Config, keyof Config][] = [
  ['backupHours', 'backupFolder'],
  ['backupKeep', 'backupFolder'],
  ['adminEmail', 'adminPassword'],
  ['adminPassword', 'adminEmail'],
  ['s3KeyId', 's3SecretKey'],
  ['s3SecretKey', 's3KeyId'],
  ['s3Endpoint', 'files'],
  ['bus', 'database'],
  ['oidcIssuer', 'oidcClientId'],
  ['oidcClientId', 'oidcIssuer'],
  ['oidcIssuer', 'publicUrl'],
  // Mails lead there: to the conversation, to a new password, and to where they are refused.
  ['smtpUrl', 'publicUrl'],
];

/** What cannot be had together, and what to do instead. */
const EXCLUDES: readonly [keyof Config, keyof Config, string][] = [
  ['backupFolder', 'database', 'back the database up with pg_dump'],
];

/** Bytes of the largest object that S3 takes in one request. */
const MAX_BUCKET_FILE = 5 * 1024 ** 3;

/** What each setting allows, but not together. */
function contradictions(given: ReadonlySet<keyof Config>, config: Partial<Record<keyof Config, unknown>>): string[] {
  const unknown = config.oidcUnknown;
  // At a provider for everybody, everybody would be of the team.
  const open: typeof NEEDS = unknown === 'peer' || unknown === 'agent' ? [['oidcUnknown', 'oidcDomains']] : [];
  const isBucket = String(config.files ?? '').startsWith('s3://');
  const keys: typeof NEEDS = isBucket ? [['files', 's3KeyId']] : [];
  const named = (...names: (keyof Config)[]) =>
    names.map((name) => allSettings.find((setting) => setting.name === name));
  const missing = [...NEEDS, ...open, ...keys]
    .filter(([set, needed]) => given.has(set) && !given.has(needed))
    .map(([set, needed]) => {
      const [one, other] = named(set, needed);
      return `${one?.env} needs ${other?.env} beside it, for example ${other?.env}=${other?.example}`;
    });
  const excluded = EXCLUDES.filter(([one, other]) => given.has(one) && given.has(other)).map(
    ([one, other, instead]) => {
      const [set, beside] = named(one, other);
      return `${set?.env} cannot be had with ${beside?.env}: ${instead}`;
    },
  );
  const tooLarge =
    isBucket && Number(config.maxFile) > MAX_BUCKET_FILE
      ? [
          `PARLEY_MAX_FILE must be at most ${MAX_BUCKET_FILE} where PARLEY_FILES is a bucket: it takes no larger one at once`,
        ]
      : [];
  return [...missing, ...excluded, ...tooLarge];
}

/** What commands that ask a server are told by the environment: no settings, and no mistake where a server is started. */
export const clientNames = ['PARLEY_URL', 'PARLEY_KEY', 'PARLEY_TOKEN'];

/** The value of an unknown name is never shown: it may be a secret under a misspelt name. */
function unknown(env: Readonly<Record<string, string | undefined>>): string[] {
  const known = allSettings.map((setting) => setting.env);
  return Object.keys(env)
    .filter((name) => name.startsWith('PARLEY_') && env[name] !== undefined)
    .filter((name) => !known.includes(name) && !clientNames.includes(name))
    .map((name) => {
      const meant = nearest(name, known);
      const example = allSettings.find((setting) => setting.env === meant)?.example;
      return `${name} is no setting of Parley: did you mean ${meant}, for example ${meant}=${example}?`;
    });
}
