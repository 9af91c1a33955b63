/** nginx, as a proxy that tests start. */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { adapted, programOf, proxyFolder, type StartProxy, untilItSays } from './proxy.ts';

/** Debian installs it where only root looks. */
const PROGRAM = programOf(['nginx', '/usr/sbin/nginx'], '-v');

/** Why it cannot be tried here; false: it can. */
export const withoutNginx = PROGRAM === undefined && 'no nginx here: apt-get install nginx-light';

export const startNginx: StartProxy = async (t, { port, before }) => {
  const path = proxyFolder(t);
  const site = adapted('nginx.conf', [
    ['listen 443 ssl;', `listen 127.0.0.1:${port} ssl;`],
    ['chat.example.com;', 'localhost;'],
    ['/etc/ssl/chat.example.com.pem', path('cert.pem')],
    ['/etc/ssl/chat.example.com.key', path('key.pem')],
    ['127.0.0.1:4000', `127.0.0.1:${before}`],
  ]);
  const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${path(name)};`);
  writeFileSync(
    path('nginx.conf'),
    `daemon off; pid ${path('pid')}; error_log stderr notice; events {}
http { access_log off; ${places.join(' ')}
${site}}`,
  );
  const args = ['-p', path('.'), '-c', path('nginx.conf')];
  const child = spawn(PROGRAM ?? '', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  await untilItSays(t, child, 'start worker process ');
};
