/**
 * An S3 store of a test's own: a server of others' making, which judges every request's signature. It does not hash what is
 * sent against what was signed, writes into an object's place while it comes, and has no rights but a key's.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import S3rver from '@20minutes/s3rver';
import type { Test } from 'tap';
import type { Config } from '../../src/config.ts';

const BUCKET = 'parley-files';
/** The one key that it knows. */
export const KEY = { s3KeyId: 'S3RVER', s3SecretKey: 'S3RVER' };

export interface TestBucket {
  settings: Pick<Config, 'files' | 's3Endpoint' | 's3KeyId' | 's3SecretKey'> & { files: string };
  /** The keys that are in it. */
  keys(): string[];
  /** The file in which an object's bytes lie. */
  pathOf(key: string): string;
  /** Ends it, lines and all. */
  stop(): Promise<void>;
  /** Has it come back where it was. */
  start(): Promise<void>;
}

export async function startBucket(t: Test, prefix = 'chat/files'): Promise<TestBucket> {
  const directory = mkdtempSync(join(tmpdir(), 'parley-s3-'));
  const run = async (port: number) => {
    const store = new S3rver({
      address: '127.0.0.1',
      port,
      silent: true,
      directory,
      configureBuckets: [{ name: BUCKET }],
    });
    const { port: taken } = await store.run();
    const stop = async () => {
      const closed = store.close();
      store.httpServer.closeAllConnections();
      await closed;
    };
    return { port: taken, stop };
  };
  let store = await run(0);
  let running = true;
  const stop = async () => {
    if (running) await store.stop();
    running = false;
  };
  t.teardown(async () => {
    await stop();
    rmSync(directory, { recursive: true, force: true });
  });
  const SUFFIX = '._S3rver_object';
  return {
    settings: { files: `s3://${BUCKET}/${prefix}`, s3Endpoint: `http://127.0.0.1:${store.port}`, ...KEY },
    keys: () =>
      readdirSync(join(directory, BUCKET), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith(SUFFIX))
        .map((name) => name.slice(0, -SUFFIX.length))
        .sort(),
    pathOf: (key) => join(directory, BUCKET, `${key}${SUFFIX}`),
    stop,
    async start() {
      store = await run(store.port);
      running = true;
    },
  };
}
