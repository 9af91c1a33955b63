/** The frames that are written past ws are what ws itself reads, at every length at which their head changes. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import t from 'tap';
import { WebSocket, WebSocketServer } from 'ws';
import { textFrame } from '../../src/hub/text-frame.ts';

t.test('a frame holds its text, whatever its length', async (t) => {
  const texts = [0, 1, 125, 126, 127, 65_535, 65_536, 300_000].map((length) => 'x'.repeat(length));
  texts.push('é'.repeat(63), '𝒳'.repeat(16_384), '{"type":"bye"}');
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  t.teardown(() => server.close());
  server.on('connection', (socket, { socket: raw }) => {
    for (const text of texts) raw.write(textFrame(text));
    socket.close();
  });
  await once(server, 'listening');
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const read: string[] = [];
  client.on('message', (data, binary) => read.push(binary ? 'binary' : String(data)));
  await once(client, 'close');
  t.equal(read.length, texts.length);
  texts.forEach((text, index) => {
    t.ok(read[index] === text, `${Buffer.byteLength(text)} bytes`);
  });
});
