/** Through a real Caddy, with docs/deploy/Caddyfile. */
import t from 'tap';
import { startCaddy, withoutCaddy } from './caddy.ts';
import { tryThrough } from './through-a-proxy.ts';

t.test('behind Caddy', { skip: withoutCaddy }, (t) => tryThrough(t, startCaddy));
