/** The way from a server to PostgreSQL, which can fall silent: nothing comes through any more, and nobody is told. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Test } from 'tap';

export interface Way {
  /** The address of the database at its other end. */
  url: string;
  /** What is said on either side is lost from now on; who connects is answered nothing. */
  fallSilent(): void;
  /** Lets those through who connect from now on. Of those of before it knows nothing any more. */
  mend(): void;
}

/** @param database as {@link startPostgres} gives it: on a socket in a folder */
export async function openWay(t: Pick<Test, 'teardown'>, database: string): Promise<Way> {
  const url = new URL(database);
  const path = join(url.searchParams.get('host') ?? '', '.s.PGSQL.5432');
  const sockets = new Set<Socket>();
  let through = new Set<Socket>();
  let silent = false;
  const pass = (from: Socket, to: Socket) => {
    sockets.add(from);
    through.add(from);
    from.on('error', () => {});
    from.on('data', (bytes) => {
      if (through.has(from)) to.write(bytes);
    });
    from.on('close', () => {
      sockets.delete(from);
      // An end is told as little.
      if (through.delete(from)) to.destroy();
    });
  };
  const server = createServer((one) => {
    if (silent) {
      sockets.add(one);
      one.on('error', () => {}).on('close', () => sockets.delete(one));
      return void one.resume();
    }
    const other = connect({ path });
    pass(one, other);
    pass(other, one);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  url.searchParams.delete('host');
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    fallSilent: () => {
      silent = true;
      through = new Set();
    },
    mend: () => {
      silent = false;
    },
  };
}
