/** HTTP requests one after another over one kept connection, as one person's client asks. */
import { Agent, request as begin } from 'node:http';
import { text } from 'node:stream/consumers';
import { Latencies } from './latencies.ts';

export interface Requests {
  url: string;
  token: string;
  method: 'GET' | 'POST';
  /** Asked in turn. */
  paths: readonly string[];
  body?: object;
}

/** Latency in ms until the answer is whole. */
export interface Answered {
  p50: number;
  p99: number;
}

export async function requests({ url, token, method, paths, body }: Requests): Promise<Answered> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const latencies = new Latencies();
  const payload = body === undefined ? undefined : JSON.stringify(body);
  const headers: Record<string, string> = { authorization: `Bearer ${token}` };
  if (payload !== undefined) headers['content-type'] = 'application/json';
  const ask = (path: string) =>
    new Promise<void>((resolve, reject) => {
      const request = begin(new URL(path, url), { agent, method, headers }, (response) => {
        const status = response.statusCode ?? 0;
        text(response).then((answer) => {
          if (status >= 200 && status < 300) resolve();
          else reject(new Error(`${method} ${path}: ${status} ${answer.slice(0, 300)}`));
        }, reject);
      });
      request.on('error', reject);
      request.end(payload);
    });
  for (const path of paths) {
    const began = performance.now();
    await ask(path);
    latencies.add(performance.now() - began);
  }
  agent.destroy();
  const [p50, p99] = latencies.percentiles(0.5, 0.99);
  return { p50, p99 };
}
