/** Upgrades that were asked for and have not come to anything yet: none may leave its socket or its place behind. */
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Place } from './admission.ts';

/** An upgrade is judged in one turn of the loop; what is not a WebSocket by then never becomes one. */
const OPEN_WITHIN_MS = 2_000;

interface Upgrade {
  socket: Socket;
  place: Place | null;
  timer: NodeJS.Timeout;
  /** The listener for the socket's end. */
  closed: () => void;
}

/**
 * Whether a request asks for a WebSocket. What asks for another protocol (`curl --http2` and Java's HttpClient for h2c, with
 * every first request) is answered in the one that it speaks.
 */
export function asksForWebSocket({ headers }: IncomingMessage): boolean {
  return headers.upgrade?.trim().toLowerCase() === 'websocket';
}

export class Upgrades {
  private readonly pending = new Map<IncomingMessage, Upgrade>();

  begin(request: IncomingMessage, socket: Socket): void {
    const closed = () => this.refused(request);
    const timer = setTimeout(closed, OPEN_WITHIN_MS).unref();
    socket.once('close', closed);
    this.pending.set(request, { socket, place: null, timer, closed });
  }

  place(request: IncomingMessage, place: Place): void {
    const upgrade = this.pending.get(request);
    if (upgrade === undefined) place.leave();
    else upgrade.place = place;
  }

  /** It has become a WebSocket: its place is the caller's from now on. */
  opened(request: IncomingMessage): Place | null {
    return this.end(request)?.place ?? null;
  }

  /** It has not. For other requests than upgrades this does nothing. */
  refused(request: IncomingMessage): void {
    const upgrade = this.end(request);
    upgrade?.place?.leave();
    upgrade?.socket.destroy();
  }

  private end(request: IncomingMessage): Upgrade | undefined {
    const upgrade = this.pending.get(request);
    if (upgrade === undefined) return undefined;
    clearTimeout(upgrade.timer);
    upgrade.socket.off('close', upgrade.closed);
    this.pending.delete(request);
    return upgrade;
  }
}
