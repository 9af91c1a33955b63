import { connect, createServer, type Socket } from 'node:net';
import type { Test } from 'tap';

/** A network between client and server that a test spoils: bytes pass through until told otherwise. */
export interface Proxy {
  url: string;
  /** Ends all connections at once, as a network that goes. */
  cut(): void;
  /** Takes no connections until told otherwise; those there are end. */
  refuse(on: boolean): void;
  /** What comes is swallowed in both directions and nobody is told: a half-open line. New connections pass. */
  freeze(): void;
  /** Requests whose head contains this text are answered 403, as by a proxy that knows no WebSocket. */
  block(text: string): void;
  /** Requests whose head contains this text are never answered, as by a proxy that gathers a whole stream first. */
  gather(text: string): void;
  /** Where the server is now. */
  to(url: string): void;
  /** How many connections were made. */
  made(): number;
}

export async function startProxy(t: Test, target: string): Promise<Proxy> {
  let port = Number(new URL(target).port);
  let refusing = false;
  let made = 0;
  let blocked: string | undefined;
  let gathered: string | undefined;
  const pairs = new Set<{ near: Socket; far: Socket; frozen: boolean }>();
  const server = createServer((near) => {
    made++;
    if (refusing) {
      near.destroy();
      return;
    }
    const far = connect(port, '127.0.0.1');
    const pair = { near, far, frozen: false };
    pairs.add(pair);
    const end = () => {
      if (!pair.frozen) for (const socket of [near, far]) socket.destroy();
      pairs.delete(pair);
    };
    let silent = false;
    near.on('data', (data) => {
      const head = data.toString('latin1');
      if (blocked !== undefined && head.includes(blocked)) {
        near.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
        return;
      }
      if (gathered !== undefined && head.includes(gathered)) silent = true;
      if (!pair.frozen) far.write(data);
    });
    far.on('data', (data) => {
      if (!pair.frozen && !silent) near.write(data);
    });
    for (const socket of [near, far]) {
      socket.on('error', end);
      socket.on('close', end);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address() as { port: number };
  const cut = () => {
    for (const { near, far } of pairs) for (const socket of [near, far]) socket.destroy();
    pairs.clear();
  };
  const frozen: Socket[] = [];
  t.teardown(() => {
    cut();
    for (const socket of frozen) socket.destroy();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${address.port}`,
    cut,
    refuse(on) {
      refusing = on;
      if (on) cut();
    },
    freeze() {
      for (const pair of pairs) {
        pair.frozen = true;
        frozen.push(pair.near, pair.far);
      }
    },
    block(text) {
      blocked = text;
    },
    gather(text) {
      gathered = text;
    },
    to(url) {
      port = Number(new URL(url).port);
    },
    made: () => made,
  };
}
