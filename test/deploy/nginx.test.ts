/** Through a real nginx, with docs/deploy/nginx.conf. */
import t from 'tap';
import { DEFAULT_FILE_BYTES, HEARTBEAT_MS, MAX_LONG_POLL_SECONDS } from '../../src/protocol/limits.ts';
import { startNginx, withoutNginx } from './nginx.ts';
import { shipped } from './proxy.ts';
import { tryThrough } from './through-a-proxy.ts';

const conf = shipped('nginx.conf');

t.test('the times and sizes that it allows fit those of the server', async (t) => {
  const seconds = (name: string) => Number(new RegExp(`${name} (\\d+)s;`).exec(conf)?.[1]);
  for (const name of ['proxy_read_timeout', 'proxy_send_timeout']) {
    t.ok(seconds(name) * 1000 > 2 * HEARTBEAT_MS, `${name}: a line that says something every heartbeat stays`);
    t.ok(seconds(name) > MAX_LONG_POLL_SECONDS, `${name}: so does a request that waits`);
  }
  t.ok(Number(/client_max_body_size (\d+)m;/.exec(conf)?.[1]) * 1024 ** 2 > DEFAULT_FILE_BYTES);
});

t.test('behind nginx', { skip: withoutNginx }, (t) => tryThrough(t, startNginx));
