import t from 'tap';
import { ConfigError, configFor, type Flags, readConfig } from '../../src/config.ts';
import { LoginBody } from '../../src/protocol/http-auth.ts';
import { compileCheck } from '../../src/protocol/validate.ts';

type Env = Record<string, string | undefined>;

/** The lines that an environment is refused with; none when it is taken. */
function problems(env: Env, flags: Flags = {}): readonly string[] {
  try {
    readConfig(env, flags);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

const PEM =
  '-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----';

t.test('without any setting, the defaults are a whole configuration', (t) => {
  const config = readConfig({ PATH: '/usr/bin', HOME: '/root' });
  t.match(config, {
    host: '127.0.0.1',
    port: 4000,
    data: './data',
    origins: [],
    trustProxy: [],
    direct: 'team',
    keepAddress: true,
    jwtRoles: false,
    maxLength: 1000,
    maxFrame: 131_072,
    editWindowMs: 10_800_000,
    logLevel: 'info',
  });
  for (const unset of ['publicUrl', 'jwtSecret', 'jwtPublicKey', 'jwtJwks', 'adminEmail', 'adminPassword']) {
    t.notOk(unset in config, `${unset} is not there until somebody sets it`);
  }
  t.end();
});

t.test('what is of no use without another names it', (t) => {
  const issuer = { PARLEY_OIDC_ISSUER: 'https://accounts.example.com' };
  const whole = { ...issuer, PARLEY_OIDC_CLIENT_ID: 'parley', PARLEY_PUBLIC_URL: 'https://chat.example.com' };
  t.match(problems(issuer), [/PARLEY_OIDC_ISSUER needs PARLEY_OIDC_CLIENT_ID/, /needs PARLEY_PUBLIC_URL/]);
  t.same(problems(whole), []);
  t.match(problems({ ...whole, PARLEY_OIDC_UNKNOWN: 'agent' }), [/PARLEY_OIDC_UNKNOWN needs PARLEY_OIDC_DOMAINS/]);
  t.same(problems({ ...whole, PARLEY_OIDC_UNKNOWN: 'agent', PARLEY_OIDC_DOMAINS: 'Example.com' }), []);
  for (const wrong of ['http://accounts.example.com', 'accounts.example.com', 'https://a.example/#x']) {
    t.match(problems({ ...whole, PARLEY_OIDC_ISSUER: wrong }), [/PARLEY_OIDC_ISSUER.* must be the https:/]);
  }
  t.same(problems({ ...whole, PARLEY_OIDC_ISSUER: 'http://127.0.0.1:9000' }), [], 'to try it');
  const mail = { PARLEY_SMTP_URL: 'smtps://mail.example.com' };
  t.match(problems(mail), [/PARLEY_SMTP_URL needs PARLEY_PUBLIC_URL/]);
  t.same(problems({ ...mail, PARLEY_PUBLIC_URL: 'https://chat.example.com' }), []);
  t.end();
});

t.test('a right value arrives as Parley keeps it', (t) => {
  const cases: [Env, Partial<ReturnType<typeof readConfig>>][] = [
    [{ PARLEY_PORT: '0' }, { port: 0 }],
    [{ PARLEY_PORT: ' 4001 ' }, { port: 4001 }],
    [{ PARLEY_HOST: '::' }, { host: '::' }],
    [{ PARLEY_HOST: 'chat.internal' }, { host: 'chat.internal' }],
    [{ PARLEY_PUBLIC_URL: 'https://Chat.example.com/' }, { publicUrl: 'https://chat.example.com' }],
    [
      { PARLEY_ORIGINS: 'https://a.example, http://b.example:8080/,https://a.example,' },
      { origins: ['https://a.example', 'http://b.example:8080'] },
    ],
    [{ PARLEY_TRUST_PROXY: '127.0.0.1,10.0.0.0/8,fd00::/8' }, { trustProxy: ['127.0.0.1', '10.0.0.0/8', 'fd00::/8'] }],
    [{ PARLEY_KEEP_ADDRESS: 'false' }, { keepAddress: false }],
    [{ PARLEY_JWT_ROLES: '1' }, { jwtRoles: true }],
    [{ PARLEY_DIRECT: 'nobody' }, { direct: 'nobody' }],
    [{ PARLEY_LOG_LEVEL: 'silent' }, { logLevel: 'silent' }],
    [{ PARLEY_JWT_SECRET: ` ${'s'.repeat(31)}` }, { jwtSecret: ` ${'s'.repeat(31)}` }],
    [{ PARLEY_JWT_PUBLIC_KEY: PEM.replaceAll('\n', '\\n') }, { jwtPublicKey: PEM }],
    [{ PARLEY_JWT_PUBLIC_KEY: '/etc/host.pem' }, { jwtPublicKey: '/etc/host.pem' }],
    [
      { PARLEY_ADMIN_EMAIL: 'ann@example.com', PARLEY_ADMIN_PASSWORD: 'ten letter' },
      { adminEmail: 'ann@example.com', adminPassword: 'ten letter' },
    ],
  ];
  for (const [env, expected] of cases) t.match(readConfig(env), expected, JSON.stringify(env).slice(0, 80));
  t.end();
});

t.test('a wrong value is refused by the name of the setting, what it must be, and an example', (t) => {
  const cases: [string, string, RegExp][] = [
    ['PARLEY_HOST', 'http://localhost', /an IP address or a host name/],
    ['PARLEY_PORT', 'http', /a whole number from 0 to 65535/],
    ['PARLEY_PORT', '65536', /a whole number from 0 to 65535/],
    ['PARLEY_PORT', '-1', /a whole number from 0 to 65535/],
    ['PARLEY_PORT', '4e3', /a whole number/],
    ['PARLEY_PORT', '40.5', /a whole number/],
    ['PARLEY_PUBLIC_URL', 'chat.example.com', /http:\/\/ or https:\/\//],
    ['PARLEY_PUBLIC_URL', 'https://example.com/chat', /without a path/],
    ['PARLEY_PUBLIC_URL', 'javascript:alert(1)', /http:\/\/ or https:\/\//],
    ['PARLEY_ORIGINS', '*', /a list by comma, each http:\/\/ or https:\/\//],
    ['PARLEY_ORIGINS', 'null', /a list by comma/],
    ['PARLEY_ORIGINS', 'https://a.example,example.com', /a list by comma/],
    ['PARLEY_TRUST_PROXY', 'true', /an IP address or a network/],
    ['PARLEY_TRUST_PROXY', '1', /an IP address or a network/],
    ['PARLEY_TRUST_PROXY', '10.0.0.0/33', /an IP address or a network/],
    ['PARLEY_TRUST_PROXY', '0.0.0.0/0', /not the whole internet/],
    ['PARLEY_TRUST_PROXY', '::/0', /not the whole internet/],
    ['PARLEY_DATA', 'data\u0000base', /the name of a file or folder/],
    ['PARLEY_DIRECT', 'all', /one of everybody, team, nobody/],
    ['PARLEY_KEEP_ADDRESS', 'no', /true or false/],
    ['PARLEY_LOG_LEVEL', 'verbose', /one of fatal, error, warn, info, debug, trace, silent/],
    ['PARLEY_MAX_LENGTH', '10001', /a whole number from 1 to 10000/],
    ['PARLEY_HEARTBEAT_MS', '25', /a whole number from 100 to 3600000/],
    ['PARLEY_BATCH_SIZE', '0', /a whole number from 1 /],
    ['PARLEY_FILES', 'https://s3.example/bucket', /the name of a folder, or s3:\/\/ with a bucket/],
    ['PARLEY_FILES', 's3://Bucket', /s3:\/\//],
    ['PARLEY_FILES', 's3://bucket//prefix', /s3:\/\//],
  ];
  for (const [name, value, rule] of cases) {
    const [line = '', ...others] = problems({ [name]: value });
    t.same(others, [], `${name}=${value}: one problem`);
    t.ok(line.startsWith(`${name} is ${JSON.stringify(value)} and must be `), line);
    t.match(line, rule);
    t.match(line, `for example ${name}=`);
  }
  t.end();
});

t.test("the first admin's password is one that a login takes", (t) => {
  const check = compileCheck(LoginBody);
  const email = 'ann@example.com';
  for (const letter of ['x', 'ü', '😀']) {
    const password = letter.repeat(200);
    t.same(problems({ PARLEY_ADMIN_EMAIL: email, PARLEY_ADMIN_PASSWORD: password }), []);
    t.ok(check({ email, password }).ok);
    const longer = { PARLEY_ADMIN_EMAIL: email, PARLEY_ADMIN_PASSWORD: password + letter };
    t.match(problems(longer), [/^PARLEY_ADMIN_PASSWORD must/]);
    t.notOk(check({ email, password: password + letter }).ok);
  }
  t.end();
});

t.test('what may be a secret is refused without being shown', (t) => {
  const cases: [Env, RegExp][] = [
    [{ PARLEY_JWT_SECRET: 'hunter2' }, /^PARLEY_JWT_SECRET must be at least 32 bytes long, for example/],
    [
      { PARLEY_ADMIN_EMAIL: 'ann@example.com', PARLEY_ADMIN_PASSWORD: 'hunter2' },
      /^PARLEY_ADMIN_PASSWORD must be at least 10 and/,
    ],
    [
      { PARLEY_ADMIN_EMAIL: 'ann@example.com', PARLEY_ADMIN_PASSWORD: 'hunter2'.repeat(200) },
      /at most 200 characters long/,
    ],
    [
      { PARLEY_JWT_PUBLIC_KEY: '-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----' },
      /^PARLEY_JWT_PUBLIC_KEY must be a public key/,
    ],
    [{ PARLEY_PUBLIC_URL: 'https://ann:hunter2@example.com' }, /^PARLEY_PUBLIC_URL must be http/],
    [{ PARLEY_JWT_SECRT: 'hunter2' }, /^PARLEY_JWT_SECRT is no setting of Parley: did you mean PARLEY_JWT_SECRET/],
  ];
  for (const [env, expected] of cases) {
    const [line = '', ...others] = problems(env);
    t.same(others, []);
    t.match(line, expected);
    t.notMatch(line, 'hunter2');
  }
  t.end();
});

t.test('an unknown PARLEY_ name is refused with the nearest setting and an example of it', (t) => {
  const cases: [string, string][] = [
    ['PARLEY_PROT', 'PARLEY_PORT'],
    ['PARLEY_ORIGIN', 'PARLEY_ORIGINS'],
    ['PARLEY_TRUST_PROXIES', 'PARLEY_TRUST_PROXY'],
    ['PARLEY_SENDRATE', 'PARLEY_SEND_RATE'],
    ['PARLEY_port', 'PARLEY_PORT'],
    ['PARLEY_ADMIN_MAIL', 'PARLEY_ADMIN_EMAIL'],
  ];
  for (const [written, meant] of cases) {
    const [line = '', ...others] = problems({ [written]: 'x' });
    t.same(others, []);
    t.ok(line.startsWith(`${written} is no setting of Parley: did you mean ${meant}, for example ${meant}=`), line);
  }
  t.same(problems({ PARLEY: 'x', XPARLEY_PORT: 'x', parley_port: 'x' }), [], 'names of others are nobody’s business');
  t.end();
});

t.test('a very long unknown name costs no time', (t) => {
  const [line = ''] = problems({ [`PARLEY_${'X'.repeat(100_000)}`]: '1' });
  t.match(line, 'is no setting of Parley');
  t.end();
});

t.test('all problems are told at once, a line each', (t) => {
  const env = { PARLEY_PORT: 'x', PARLEY_DIRECT: 'x', PARLEY_JWT_SECRET: 'x', PARLEY_COLOUR: 'x' };
  const named = problems(env).map((line) => line.split(' ')[0]);
  t.same(named, ['PARLEY_PORT', 'PARLEY_JWT_SECRET', 'PARLEY_DIRECT', 'PARLEY_COLOUR']);
  t.throws(() => readConfig(env), { name: 'ConfigError', message: problems(env).join('\n') });
  t.end();
});

t.test('the first admin needs e-mail address and password', (t) => {
  t.match(problems({ PARLEY_ADMIN_EMAIL: 'ann@example.com' }), [
    /^PARLEY_ADMIN_EMAIL needs PARLEY_ADMIN_PASSWORD beside it/,
  ]);
  t.match(problems({ PARLEY_ADMIN_PASSWORD: 'long enough' }), [
    /^PARLEY_ADMIN_PASSWORD needs PARLEY_ADMIN_EMAIL beside it/,
  ]);
  t.same(problems({ PARLEY_ADMIN_PASSWORD: 'long enough' }, { adminEmail: 'ann@example.com' }), []);
  t.end();
});

t.test('an empty value counts as not set', (t) => {
  const config = readConfig({ PARLEY_PORT: '', PARLEY_PUBLIC_URL: '  ', PARLEY_ORIGINS: '', PARLEY_JWT_SECRET: '' });
  t.same(config, readConfig({}));
  t.end();
});

t.test('an option wins over the variable, and its problem is told by its own name', (t) => {
  t.equal(readConfig({ PARLEY_PORT: '4001' }, { port: '4002' }).port, 4002);
  t.equal(readConfig({ PARLEY_PORT: 'wrong' }, { port: '4002' }).port, 4002);
  t.same(problems({ PARLEY_PORT: '4001' }, { port: 'x' }), [
    '--port is "x" and must be a whole number from 0 to 65535, for example --port 4001',
  ]);
  t.end();
});

t.test('a configuration for a test is the defaults with the overrides as they are', (t) => {
  t.same(configFor(), readConfig({}));
  t.same(configFor({ port: 0, heartbeatMs: 20 }), { ...readConfig({}), port: 0, heartbeatMs: 20 });
  configFor().origins.push('https://evil.example');
  t.same(configFor().origins, [], 'one configuration does not change the next');
  t.end();
});

t.test('a database of PostgreSQL is named by its address, and is backed up by its own means', (t) => {
  const database = 'postgres://parley:secret-word@db.internal/parley';
  t.equal(readConfig({ PARLEY_DATABASE: database }, {}).database, database);
  t.throws(() => readConfig({ PARLEY_DATABASE: 'mysql://parley:secret-word@db/x' }, {}), {
    message: /^PARLEY_DATABASE must be the postgres:\/\/ address of a database, for example [^\n]+$/,
  });
  t.throws(() => readConfig({ PARLEY_DATABASE: database, PARLEY_BACKUP_FOLDER: '/mnt' }, {}), {
    message: 'PARLEY_BACKUP_FOLDER cannot be had with PARLEY_DATABASE: back the database up with pg_dump',
  });
  t.end();
});

t.test('connections to a database are two at least', (t) => {
  const PARLEY_DATABASE = 'postgres://parley@db.internal/parley';
  t.match(problems({ PARLEY_DATABASE, PARLEY_DATABASE_CONNECTIONS: '1' }), [
    /^PARLEY_DATABASE_CONNECTIONS is "1" and must be .*2/,
  ]);
  t.same(problems({ PARLEY_DATABASE, PARLEY_DATABASE_CONNECTIONS: '2' }), []);
  t.end();
});

t.test('a bus is a NATS server beside a database', (t) => {
  const PARLEY_BUS = 'nats://parley:secret@nats.internal:4222';
  const PARLEY_DATABASE = 'postgres://parley@db.internal/parley';
  t.match(problems({ PARLEY_BUS }), [/^PARLEY_BUS needs PARLEY_DATABASE beside it/]);
  t.same(problems({ PARLEY_BUS, PARLEY_DATABASE }), []);
  const [problem, ...others] = problems({ PARLEY_BUS: 'redis://:secret@cache', PARLEY_DATABASE });
  t.match(problem, /^PARLEY_BUS must be nats:\/\//);
  t.same([others, problem?.includes('secret')], [[], false]);
  t.end();
});

t.test('a bucket needs a key, and takes no file that is larger than S3 does', (t) => {
  const bucket = { PARLEY_FILES: 's3://files/chat' };
  t.match(problems(bucket), [/^PARLEY_FILES needs PARLEY_S3_KEY_ID beside it/]);
  t.match(problems({ ...bucket, PARLEY_S3_KEY_ID: 'ours' }), [
    /^PARLEY_S3_KEY_ID needs PARLEY_S3_SECRET_KEY beside it/,
  ]);
  const key = { PARLEY_S3_KEY_ID: 'ours', PARLEY_S3_SECRET_KEY: 'hush' };
  t.match(readConfig({ ...bucket, ...key }), { files: 's3://files/chat', s3Region: 'us-east-1', s3PathStyle: true });
  const large = { PARLEY_MAX_FILE: String(5 * 1024 ** 3 + 1) };
  t.match(problems({ ...bucket, ...key, ...large }), [
    /^PARLEY_MAX_FILE must be at most 5368709120 where PARLEY_FILES is/,
  ]);
  t.match(readConfig({ PARLEY_FILES: '/mnt/files', ...large }), { files: '/mnt/files' });
  t.end();
});
