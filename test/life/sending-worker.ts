/** Sends what it is told to from a thread of its own, so that the loop of the test belongs to the server alone. */
import { parentPort } from 'node:worker_threads';
import WebSocket from 'ws';

export type Order =
  | { door: 'socket'; url: string; token: string | null; text: string }
  | { door: 'http'; url: string; method: string; headers: Record<string, string>; body?: string };

/** What came of it: an HTTP status, or the type or code of a socket's answer. */
export type Outcome = string;

async function overSocket({ url, token, text }: Extract<Order, { door: 'socket' }>): Promise<Outcome> {
  const socket = new WebSocket(url, 'parley.v1');
  socket.on('error', () => {});
  return new Promise((resolve) => {
    socket.on('open', () => socket.send(token === null ? text : JSON.stringify({ id: 0, type: 'hello', token })));
    socket.on('message', (data) => {
      const answer = JSON.parse(String(data));
      if (answer.re === 0 && answer.type === 'welcome') {
        parentPort?.postMessage('begun');
        socket.send(text);
      } else if (answer.re !== undefined) {
        resolve(answer.code ?? answer.type);
        socket.terminate();
      }
    });
    socket.on('close', (code) => resolve(`close ${code}`));
  });
}

async function overHttp({ url, method, headers, body }: Extract<Order, { door: 'http' }>): Promise<Outcome> {
  parentPort?.postMessage('begun');
  const response = await fetch(url, { method, headers, ...(body === undefined ? {} : { body }) });
  await response.arrayBuffer();
  return String(response.status);
}

parentPort?.on('message', (order: Order) => {
  const doing = order.door === 'socket' ? overSocket(order) : overHttp(order);
  doing.then(
    (outcome) => parentPort?.postMessage({ outcome }),
    (error) => parentPort?.postMessage({ outcome: String(error) }),
  );
});
