/** How a load speaks to a server: in Parley's frames, or in those of what Parley is compared with. */
import { once } from 'node:events';
import type WebSocket from 'ws';
import type { MessageIds } from './frames.ts';

/** What a frame tells that answers nothing: a message that came to the other, or nothing that is counted. */
export const DELIVERY = 0;
export const NOTHING = -1;

/** One socket's end of a conversation. */
export interface Speaker {
  /** A send, as a frame. */
  send(requestId: number): string;
  /** The request that a frame answers, {@link DELIVERY} or {@link NOTHING}; throws for a refusal. */
  read(frame: Buffer): number;
}

export interface Speech {
  path: string;
  protocol: string[];
  /** Says who one is, once the socket is open; resolves when sends may follow. */
  greet(socket: WebSocket, token: string): Promise<void>;
  /** @param place the socket's among all, which tells its user */
  speaker(socket: WebSocket, conversation: string, place: number, ids: MessageIds): Speaker;
}

/**
 * Sends what is said first, and waits for the frame that answers it: one listener hears all, for several may come in one
 * packet. Rejects with what `isAnswer` throws, and when the socket is closed.
 */
export async function greeted(socket: WebSocket, frame: string, isAnswer: (text: string) => boolean): Promise<void> {
  const heard = new Promise<void>((resolve, reject) => {
    const listen = (data: Buffer) => {
      try {
        if (!isAnswer(data.toString())) return;
        resolve();
      } catch (error) {
        reject(error);
      }
      socket.off('message', listen);
    };
    socket.on('message', listen);
    once(socket, 'close').then(() => reject(new Error('closed while greeting')), reject);
  });
  socket.send(frame);
  await heard;
}
