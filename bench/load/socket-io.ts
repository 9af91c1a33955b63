/**
 * Socket.IO's frames (its protocol 5 over Engine.IO 4), by hand: its own client would cost the load more than Parley's
 * frames do. A send is an event that asks for an acknowledgement.
 */
import { CONTENT } from './frames.ts';
import { DELIVERY, greeted, NOTHING, type Speech } from './speech.ts';

const PING = '2';
const PONG = '3';
const CONNECT = '40';
const EVENT = '42';
const ACK = '43';

export const socketIo: Speech = {
  path: '/socket.io/?EIO=4&transport=websocket',
  protocol: [],
  /** @param conversation which one it joins: it needs no other name */
  // Engine.IO's own greeting comes before the answer.
  greet: (socket, conversation) =>
    greeted(socket, `${CONNECT}${JSON.stringify({ conversation })}`, (text) => text.startsWith(CONNECT)),
  speaker: (socket, conversation, place, ids) => ({
    send: (requestId) =>
      `${EVENT}${requestId}${JSON.stringify(['send', { id: ids.next(), conversation, from: `user-${place}`, content: CONTENT }])}`,
    read(frame) {
      const kind = frame.toString('latin1', 0, 2);
      if (kind === ACK) return acknowledged(frame);
      if (kind === EVENT) return DELIVERY;
      if (kind === PING) socket.send(PONG);
      return NOTHING;
    },
  }),
};

function acknowledged(frame: Buffer): number {
  const id = Number.parseInt(frame.toString('latin1', ACK.length, ACK.length + 12), 10);
  if (!frame.includes('"ok":true')) throw new Error(`a send was refused: ${frame.toString().slice(0, 300)}`);
  return id;
}
