/** How a load speaks to a server: in Parley's frames, or in those of what Parley is compared with. */
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
