/** Hears what happens at a server by Server-Sent Events, over lost lines: who comes back says where they were. */
import { type Answered, reach, refusalOf, type Server } from './server.ts';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 20_000;

/** Refusals after which asking again is of no use. */
const FINAL = new Set([400, 401, 403, 404]);

/**
 * Events in their order, a `welcome` at each new line, until `signal`. Throws a `RemoteRefusal` where the server will not
 * have us; before the first line, `Unreachable` where it is not there.
 */
export async function* eventsOf(server: Server, query: string, signal: AbortSignal): AsyncGenerator<Answered> {
  let cursor: string | null = null;
  let pause = FIRST_PAUSE_MS;
  let met = false;
  while (!signal.aborted) {
    try {
      const headers = { ...server.headers, ...(cursor === null ? {} : { 'last-event-id': cursor }) };
      const response = await reach(`${server.url}/v1/events${query}`, { headers, signal });
      if (!response.ok) {
        const refusal = refusalOf(response, await response.json().catch(() => null));
        if (!met || FINAL.has(response.status)) throw refusal;
      } else {
        for await (const { id, data } of blocksOf(response)) {
          if (id !== null) cursor = id;
          if (data === null) continue;
          met = true;
          pause = FIRST_PAUSE_MS;
          yield JSON.parse(data);
        }
      }
    } catch (error) {
      if (signal.aborted) return;
      if (!met || (error as Error).name === 'RemoteRefusal') throw error;
    }
    await waited(pause * (0.5 + Math.random() / 2), signal);
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
  }
}

async function* blocksOf(response: Response): AsyncGenerator<{ id: string | null; data: string | null }> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const piece of response.body ?? []) {
    text += decoder.decode(piece, { stream: true });
    const blocks = text.split('\n\n');
    text = blocks.pop() as string;
    for (const block of blocks) yield { id: fieldOf(block, 'id'), data: fieldOf(block, 'data') };
  }
}

function fieldOf(block: string, name: string): string | null {
  const line = block.split('\n').find((one) => one.startsWith(`${name}: `));
  return line === undefined ? null : line.slice(name.length + 2);
}

function waited(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}
