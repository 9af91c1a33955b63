/** Files on their way in: how many of whom, how many bytes of all, and nothing left of what breaks off. */
import type { Readable } from 'node:stream';
import type { Config } from '../../config.ts';
import type { Incoming } from '../../files/incoming.ts';
import { cleanName } from '../../files/name.ts';
import type { FileStore } from '../../files/store.ts';
import { misshapen, Refusal } from '../../protocol/refusal.ts';
import type { Caller, UserCaller } from '../caller.ts';
import { tooManyWaiting } from '../decide/attachments.ts';
import type { Readings } from '../readings/readings.ts';
import { userOnly } from '../readings/threads.ts';

/** A file in a request's body. */
export interface Part {
  /** As its sender calls it. */
  name: string | undefined;
  bytes: Readable;
}

export interface ReceiverParts {
  readings: Pick<Readings, 'files'>;
  files: FileStore;
  config: Pick<Config, 'filesTotal' | 'pendingUploads'>;
  /** Refuses who may not command anything now. */
  checkActive: (caller: UserCaller) => Promise<void>;
}

export type Receiver = ReturnType<typeof createReceiver>;

export function createReceiver({ readings, files, config, checkActive }: ReceiverParts) {
  /** How many each user uploads right now, and how many bytes of all came in that no row counts yet. */
  const uploading = new Map<number, number>();
  let incomingBytes = 0;

  /** Counts before it asks, so that those who come meanwhile are asked for what came before them. */
  async function begin(caller: UserCaller): Promise<void> {
    const now = uploading.get(caller.id) ?? 0;
    uploading.set(caller.id, now + 1);
    await checkActive(caller);
    if (now + (await readings.files.waiting(caller.id)) >= config.pendingUploads) throw tooManyWaiting();
  }

  function end({ id }: UserCaller): void {
    const left = (uploading.get(id) ?? 1) - 1;
    if (left > 0) uploading.set(id, left);
    else uploading.delete(id);
  }

  /** Reads `parts` to their end, of which there may be one; gives back the room that it took with `done`. */
  async function receive(parts: AsyncIterable<Part>, maxBytes: number) {
    const kept = await readings.files.bytes();
    let taken = 0;
    const take = (bytes: number) => {
      taken += bytes;
      incomingBytes += bytes;
      if (kept + incomingBytes > config.filesTotal) throw new Refusal('STORAGE_FULL');
    };
    const received: { file: Incoming; name: string }[] = [];
    const done = async () => {
      incomingBytes -= taken;
      for (const { file } of received) await files.drop(file);
    };
    try {
      // The last one is not over before the whole body was there.
      for await (const { name, bytes } of parts) {
        received.push({ file: await files.receive(bytes, { maxBytes, take }), name: cleanName(name) });
      }
      const [first] = received;
      if (first === undefined) throw misshapen('file', 'is required');
      return { ...first, done };
    } catch (error) {
      await done();
      throw error;
    }
  }

  /**
   * Reads `parts` to their end and has `use` keep the one file that is in them; what it does not keep is gone then.
   */
  return async <T>(
    asking: Caller,
    parts: AsyncIterable<Part>,
    maxBytes: number,
    use: (file: Incoming, name: string, caller: UserCaller) => Promise<T>,
  ): Promise<T> => {
    const caller = userOnly(asking);
    try {
      await begin(caller);
      const { file, name, done } = await receive(parts, maxBytes);
      try {
        return await use(file, name, caller);
      } finally {
        await done();
      }
    } finally {
      end(caller);
    }
  };
}
