/**
 * A small server over a register of names, as careful as it is told to be: `careful` as Parley is, `careless` with the
 * driver's own setting for logs, `hasty` by answering before the commit. Enters the name of each request's path.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openRegister } from '../../db/register.ts';

const [folder = '', how = 'careful'] = process.argv.slice(2);
const { enter, store, writer } = openRegister(folder);
if (how === 'careless') writer.connection.pragma('synchronous = NORMAL');

const server = createServer(async (request, response) => {
  const name = (request.url ?? '').slice(1);
  const entered = enter(name);
  if (how !== 'hasty') await entered;
  response.end(`entered ${name}`);
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
process.once('SIGTERM', async () => {
  server.close();
  server.closeAllConnections();
  await store.close();
  process.exit(0);
});
