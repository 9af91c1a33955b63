/** Where the server of these settings is met from its own machine. */
import { isIPv6 } from 'node:net';

/** Where one listens everywhere, one is met at home. */
const HOME: ReadonlyMap<string, string> = new Map([
  ['0.0.0.0', '127.0.0.1'],
  ['::', '::1'],
]);

export function localUrl({ host, port }: { host: string; port: number }): string {
  const at = HOME.get(host) ?? host;
  return `http://${isIPv6(at) ? `[${at}]` : at}:${port}`;
}
