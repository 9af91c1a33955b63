import fastify from 'fastify';
import t from 'tap';
import { createLog } from '../../src/cli/log.ts';

/** A log that is read back line by line. */
function recordedLog(config: { keepAddress?: boolean } = {}) {
  let text = '';
  const log = createLog(
    { logLevel: 'trace', keepAddress: config.keepAddress ?? true },
    {
      write: (line) => {
        text += line;
      },
    },
  );
  const lines = (): Record<string, unknown>[] =>
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));
  return { log, lines, text: () => text };
}

t.test('secrets are not written, wherever they stand', (t) => {
  const { log, text } = recordedLog();
  log.info({ token: 'hunter2', password: 'hunter2' });
  log.info({ body: { password: 'hunter2', refreshToken: 'hunter2' } });
  log.info({ headers: { authorization: 'Bearer hunter2', cookie: 'a=hunter2', 'set-cookie': 'a=hunter2' } });
  log.child({ token: 'hunter2' }).info('a child');
  t.equal(text().match(/\[Redacted\]/g)?.length, 8);
  t.notMatch(text(), 'hunter2');
  t.end();
});

t.test('of an error, what could quote a user is left out', (t) => {
  const { log, lines, text } = recordedLog();
  const engine = Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL', name: 'SqliteError' });
  const query = Object.assign(new Error('Failed query: insert\nparams: hunter2', { cause: engine }), {
    query: 'insert',
    params: ['hunter2'],
  });
  log.error({ err: query });
  try {
    JSON.parse('hunter2');
  } catch (err) {
    log.error({ err });
  }
  log.error({ err: Object.assign(new Error('plain', { cause: query }), { body: 'hunter2' }) });
  log.error({ err: 'hunter2' });
  log.error(query);
  log.error({ err: query }, query.message);
  t.notMatch(text(), 'hunter2');
  t.match(lines(), [
    { err: { type: 'SqliteError', code: 'SQLITE_FULL', stack: /log\.test\.ts/ }, msg: 'database or disk is full' },
    { err: { type: 'SyntaxError', message: 'text that cannot be parsed' } },
    { err: { type: 'Error', message: 'plain', cause: { code: 'SQLITE_FULL' } } },
    { err: { type: 'string' } },
    { err: { type: 'SqliteError' }, msg: 'database or disk is full' },
    { err: { type: 'SqliteError' }, msg: 'database or disk is full' },
  ]);
  t.end();
});

for (const keepAddress of [true, false]) {
  t.test(`a request is logged without query and headers, its address ${keepAddress ? 'too' : 'not'}`, async (t) => {
    const { log, lines, text } = recordedLog({ keepAddress });
    const app = fastify({ loggerInstance: log });
    t.teardown(() => app.close());
    app.get('/v1/*', async (request) => {
      request.log.info({ req: request }, 'handled');
      return {};
    });
    await app.inject({
      url: '/v1/attachments/7?ticket=hunter2',
      headers: { authorization: 'Bearer hunter2', cookie: 'session=hunter2', 'user-agent': 'hunter2' },
    });
    t.notMatch(text(), 'hunter2');
    t.match(lines()[0], { msg: 'incoming request', req: { method: 'GET', path: '/v1/attachments/7' } });
    t.equal(text().includes('127.0.0.1'), keepAddress);
  });
}

t.test('of a bot’s replyUrl, which is a credential, the token is left out', (t) => {
  const { log, lines, text } = recordedLog();
  log.info({ req: { method: 'POST', url: '/v1/bots/replies/hunter2.1.hunter2?hunter2' } });
  t.notMatch(text(), 'hunter2');
  t.match(lines(), [{ req: { method: 'POST', path: '/v1/bots/replies/' } }]);
  t.end();
});

t.test('a path cannot carry what a terminal obeys', (t) => {
  const { log, lines } = recordedLog();
  log.info({ req: { method: 'GET', url: '/\u009b31m/\u001b[2J/ü\n{"level":60}' } });
  t.match(lines(), [{ req: { path: '/%C2%9B31m/%1B[2J/%C3%BC%0A{"level":60}' } }]);
  t.end();
});
