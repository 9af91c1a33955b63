/**
 * Reads a stream of Server-Sent Events, for tests: every block by its fields, in order, nothing is slept for. Every
 * event is judged by the protocol.
 */
import type { Test } from 'tap';
import type { Actor, Body } from '../helper.ts';
import { streamProblem } from '../judge/frame.ts';
import { Reader } from '../judge/reader.ts';
import { lineTo } from '../servers.ts';

interface Block {
  id?: string;
  event: Body | undefined;
}

export interface TestStream {
  response: Response;
  /** Everything that arrived. */
  blocks: Block[];
  /** The next block, arrived or to come, that was not taken before and matches. */
  next(matches: (block: Block) => boolean): Promise<Block>;
  event(type: string): Promise<Body>;
  /** Resolves when the server ends the stream. */
  ended: Promise<void>;
  close(): void;
}

const PATIENCE_MS = 10_000;

export async function openStream(
  t: Test,
  url: string,
  who: Actor,
  query = '',
  headers: Record<string, string> = {},
): Promise<TestStream> {
  const controller = new AbortController();
  t.teardown(() => controller.abort());
  const response = await fetch(`${lineTo(url)}/v1/events${query}`, {
    headers: { authorization: `Bearer ${who.token}`, ...headers },
    signal: controller.signal,
  });
  const blocks: Block[] = [];
  const untaken: Block[] = [];
  const waiting = new Set<() => void>();
  const reader = new Reader();
  const read = async () => {
    let text = '';
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk, { stream: true });
      const parts = text.split('\n\n');
      text = parts.pop() ?? '';
      for (const part of parts) {
        const fields = new Map(part.split('\n').map((line) => line.split(/: (.*)/s, 2) as [string, string]));
        const [id, data] = [fields.get('id'), fields.get('data')];
        const block = { ...(id === undefined ? {} : { id }), event: data === undefined ? undefined : JSON.parse(data) };
        if (block.event !== undefined) {
          for (const problem of [streamProblem(block.event), reader.take(block.event)]) {
            if (problem !== null) t.fail(problem);
          }
        }
        blocks.push(block);
        untaken.push(block);
      }
      for (const look of [...waiting]) look();
    }
  };
  const ended = read().catch(() => {});
  const next: TestStream['next'] = (matches) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        waiting.delete(look);
        reject(new Error(`no such block in ${PATIENCE_MS} ms; there is ${JSON.stringify(untaken)}`));
      }, PATIENCE_MS);
      const look = () => {
        const at = untaken.findIndex(matches);
        if (at < 0) return;
        clearTimeout(timer);
        waiting.delete(look);
        resolve(untaken.splice(at, 1)[0] as Block);
      };
      waiting.add(look);
      look();
    });
  return {
    response,
    blocks,
    next,
    event: async (type) => (await next(({ event }) => event?.type === type)).event,
    ended,
    close: () => controller.abort(),
  };
}
