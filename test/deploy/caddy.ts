/** Caddy, as a proxy that tests start. */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { adapted, programOf, proxyFolder, type StartProxy, untilItSays } from './proxy.ts';

const PROGRAM = programOf(['caddy', '/usr/bin/caddy'], 'version');

/** Why it cannot be tried here; false: it can. */
export const withoutCaddy = PROGRAM === undefined && 'no Caddy here: apt-get install caddy';

/** Certificates are got by it for the name that people use: here it has one of its own, and asks nobody. */
export const startCaddy: StartProxy = async (t, { port, before }) => {
  const path = proxyFolder(t);
  const site = adapted('Caddyfile', [
    [
      'chat.example.com {',
      `https://localhost:${port} {\n\tbind 127.0.0.1\n\ttls ${path('cert.pem')} ${path('key.pem')}`,
    ],
    ['127.0.0.1:4000', `127.0.0.1:${before}`],
  ]);
  writeFileSync(path('Caddyfile'), `{\n\tadmin off\n\tauto_https off\n}\n${site}`);
  const child = spawn(PROGRAM ?? '', ['run', '--adapter', 'caddyfile', '--config', path('Caddyfile')], {
    env: { HOME: path('home') },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  await untilItSays(t, child, 'serving initial configuration');
};
