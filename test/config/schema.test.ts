import t from 'tap';
import { Check } from 'typebox/value';
import { groups, settingsSchema } from '../../src/config/schema.ts';
import { allSettings } from '../../src/config/setting.ts';
import { type Config, readConfig } from '../../src/config.ts';

/** Examples that a shell fills in stand for what it makes of them. */
function exampleOf(example: string): string {
  return example.startsWith('"$(') ? 'k7Jq'.repeat(11) : example;
}

/** What else must be set for a setting to be taken. */
const beside: Partial<Record<keyof Config, Record<string, string>>> = {
  backupHours: { PARLEY_BACKUP_FOLDER: '/mnt/backup' },
  backupKeep: { PARLEY_BACKUP_FOLDER: '/mnt/backup' },
  bus: { PARLEY_DATABASE: 'postgres://db/parley' },
  files: { PARLEY_S3_KEY_ID: 'ours', PARLEY_S3_SECRET_KEY: 'secret' },
  s3Endpoint: { PARLEY_FILES: 's3://files', PARLEY_S3_KEY_ID: 'ours', PARLEY_S3_SECRET_KEY: 'secret' },
  s3KeyId: { PARLEY_S3_SECRET_KEY: 'secret' },
  s3SecretKey: { PARLEY_S3_KEY_ID: 'ours' },
  adminEmail: { PARLEY_ADMIN_PASSWORD: 'long enough' },
  adminPassword: { PARLEY_ADMIN_EMAIL: 'ann@example.com' },
  oidcIssuer: { PARLEY_OIDC_CLIENT_ID: 'parley', PARLEY_PUBLIC_URL: 'https://chat.example.com' },
  oidcClientId: { PARLEY_OIDC_ISSUER: 'https://accounts.example.com', PARLEY_PUBLIC_URL: 'https://chat.example.com' },
  smtpUrl: { PARLEY_PUBLIC_URL: 'https://chat.example.com' },
  oidcUnknown: { PARLEY_OIDC_DOMAINS: 'example.com' },
};

t.test('every property of the schema is one setting of one group', (t) => {
  t.same(
    allSettings.map((setting) => setting.name),
    Object.keys(settingsSchema.properties),
  );
  t.equal(new Set(allSettings.map((setting) => setting.env)).size, allSettings.length);
  t.same([...new Set(allSettings.map((setting) => setting.group))], Object.keys(groups));
  t.end();
});

for (const setting of allSettings) {
  t.test(`${setting.env} tells what it is, and its example is taken`, (t) => {
    t.equal(setting.env, `PARLEY_${setting.name.replace(/[A-Z]/g, '_$&').toUpperCase()}`, 'named after the property');
    t.match(setting.description, /^[A-Z].{15,}\.$/);
    t.not(setting.example, String(setting.default), 'an example shows something else than the default');
    if (setting.kind === 'integer') t.ok(Number.isSafeInteger(setting.minimum) && setting.maximum < 2 ** 53);
    if (setting.kind === 'text') t.ok(setting.form, 'a text has a rule');

    const config = readConfig({ [setting.env]: exampleOf(setting.example), ...beside[setting.name] });
    t.not(config[setting.name], undefined);
    t.notSame(config[setting.name], setting.default, 'the value has arrived');
    t.ok(Check(settingsSchema, config), 'what the reader gives fits the schema');
    t.end();
  });
}

t.test('secrets have no option, everything else has one', (t) => {
  const without = allSettings.filter((setting) => setting.flag === undefined).map((setting) => setting.name);
  t.same(without, [
    'database',
    'bus',
    's3SecretKey',
    'jwtSecret',
    'adminPassword',
    'oidcClientSecret',
    'smtpUrl',
    'metricsToken',
  ]);
  t.equal(allSettings.find((setting) => setting.name === 'visitorsPerMinute')?.flag, 'visitors-per-minute');
  t.end();
});

t.test('the defaults fit the schema', (t) => {
  t.ok(Check(settingsSchema, readConfig({})));
  t.notOk(Check(settingsSchema, { ...readConfig({}), colour: 'red' }), 'and the schema lets nothing else in');
  t.end();
});
