import { createServer } from 'node:net';
import t from 'tap';
import { reportOf } from '../../src/cli/report.ts';
import { UsageError } from '../../src/cli/usage-error.ts';
import { ConfigError } from '../../src/config.ts';
import { StartError } from '../../src/db/start-error.ts';

/** The error that listening there ends with. */
function listenError(port: number, host: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', resolve);
    server.listen(port, host, () => server.close(() => reject(new Error(`${host}:${port} could be listened on`))));
  });
}

t.test('each kind of failure has its exit code', (t) => {
  t.equal(reportOf(new UsageError('what?')).code, 2);
  t.equal(reportOf(new ConfigError(['one', 'two'])).code, 3);
  t.equal(reportOf(new StartError('the database is newer than this Parley')).code, 4);
  t.equal(reportOf(new Error('boom')).code, 1);
  t.equal(reportOf('boom').code, 1);
  t.end();
});

t.test('a report is the message, never a stack', (t) => {
  t.equal(reportOf(new ConfigError(['one', 'two'])).text, 'one\ntwo');
  t.equal(reportOf(new StartError('the folder cannot be written')).text, 'the folder cannot be written');
  t.equal(reportOf(new Error('boom')).text, 'Parley cannot go on: boom');
  t.end();
});

t.test('an address that cannot be listened on is exit 5 and says what to do', async (t) => {
  const holder = createServer();
  await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
  t.teardown(() => holder.close());
  const address = holder.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;

  const taken = reportOf(await listenError(port, '127.0.0.1'), `Port ${port} of 127.0.0.1`);
  t.equal(taken.code, 5);
  t.equal(
    taken.text,
    `Port ${port} of 127.0.0.1 is in use: stop the other program, or choose another port, for example PARLEY_PORT=4001`,
  );
  const foreign = reportOf(await listenError(0, '192.0.2.1'), 'Port 0 of 192.0.2.1');
  t.equal(foreign.code, 5);
  t.match(foreign.text, 'is no address of this machine');
  const nameless = reportOf(await listenError(0, 'no-such-host.invalid'), 'Port 0 of no-such-host.invalid');
  t.match(nameless, { code: 5, text: /^Port 0 of no-such-host\.invalid cannot be found/ });
});

t.test('a network error that is not about listening is not blamed on the address', (t) => {
  const refused = Object.assign(new Error('connect EADDRNOTAVAIL'), { code: 'EADDRNOTAVAIL', syscall: 'connect' });
  t.equal(reportOf(refused).code, 1);
  t.end();
});
