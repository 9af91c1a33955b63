import type WebSocket from 'ws';
import type { CommandType } from '../../src/protocol/commands.ts';
import { frameProblem } from './frame.ts';
import { Reader } from './reader.ts';

/**
 * Judges everything that comes on a socket: its shape, by the request that it answers, and the order of revs.
 *
 * @param wrong is told what is not as it should be
 */
export function judgeLine(socket: WebSocket, wrong: (problem: string) => void): void {
  /** All that was asked by an id: who uses one twice gets two answers by it, in either order. */
  const asked = new Map<number, (CommandType | '')[]>();
  const synced = new Map<number, string>();
  const reader = new Reader();
  const send = socket.send.bind(socket) as (data: unknown) => void;
  socket.send = ((data: unknown) => {
    const { id, type = '', conversationId } = readRequest(data);
    if (id !== undefined) asked.set(id, [...(asked.get(id) ?? []), type]);
    if (id !== undefined && type === 'conversation.sync') synced.set(id, String(conversationId).toLowerCase());
    send(data);
  }) as typeof socket.send;
  socket.on('message', (data) => {
    const frame = JSON.parse(String(data));
    const problems = (asked.get(frame.re) ?? [undefined]).map((type) => frameProblem(frame, type));
    for (const problem of [
      problems.includes(null) ? null : (problems[0] ?? null),
      reader.take(frame, synced.get(frame.re)),
    ]) {
      if (problem !== null) wrong(problem);
    }
  });
}

function readRequest(data: unknown): { id?: number; type?: CommandType; conversationId?: unknown } {
  try {
    return JSON.parse(String(data)) ?? {};
  } catch {
    return {};
  }
}
