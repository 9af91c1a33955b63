/** How the server is, as far as stores and air know it. */
import { statfs } from 'node:fs/promises';
import type { Config } from '../../config.ts';
import type { Store } from '../../db/store.ts';
import type { FileStore } from '../../files/store.ts';
import type { Hub } from '../../hub/hub.ts';
import { Refusal } from '../../protocol/refusal.ts';
import type { ServerState } from '../../protocol/server-state.ts';
import { isAdmin } from '../access.ts';
import type { Caller } from '../caller.ts';
import { timeOf } from '../views.ts';

interface Parts {
  store: Pick<Store, 'size' | 'trouble'>;
  files: Pick<FileStore, 'trouble'>;
  hub: Pick<Hub, 'size' | 'people'>;
  writer: { readonly waiting: number };
  /** Bytes of all files that are kept. */
  filesBytes: () => Promise<number>;
  config: Pick<Config, 'data' | 'writerQueue' | 'maxSockets'>;
  version: string;
  now: () => number;
}

type Known = Pick<ServerState, 'version' | 'startedAt' | 'trouble' | 'filesTrouble' | 'disk' | 'connections'> & {
  writer: Pick<ServerState['writer'], 'waiting' | 'mostWaiting'>;
};

export function createServerState({ store, files, hub, writer, filesBytes, config, version, now }: Parts) {
  const startedAt = timeOf(now());

  /** For whoever runs the server. */
  async function known(): Promise<Known> {
    const { database, wal } = await store.size();
    const disk = {
      databaseBytes: database,
      logBytes: wal,
      filesBytes: await filesBytes(),
      freeBytes: await freeIn(config.data),
    };
    return {
      version,
      startedAt,
      trouble: store.trouble,
      filesTrouble: files.trouble,
      disk,
      writer: { waiting: writer.waiting, mostWaiting: config.writerQueue },
      connections: { lines: hub.size, users: hub.people, mostLines: config.maxSockets },
    };
  }

  return {
    known,
    /** Throws `FORBIDDEN` for who is no admin. */
    async told(caller: Caller): Promise<Known> {
      if (!isAdmin(caller)) throw new Refusal('FORBIDDEN');
      return known();
    },
  };
}

/** For who is not root; null where the file system does not say. */
async function freeIn(folder: string): Promise<number | null> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    return null;
  }
}
