/** Files of messages: uploaded, and given to who may read the message at that moment. */
import type { Readable } from 'node:stream';
import type { Config } from '../../config.ts';
import type { Writer } from '../../db/writer.ts';
import type { Incoming } from '../../files/incoming.ts';
import { lookAt } from '../../files/look.ts';
import { cleanName } from '../../files/name.ts';
import type { FileStore } from '../../files/store.ts';
import type { Attachment } from '../../protocol/attachment.ts';
import { misshapen, Refusal } from '../../protocol/refusal.ts';
import { byOf, type Caller, type UserCaller } from '../caller.ts';
import type { Change } from '../change.ts';
import { tooManyWaiting } from '../decide/attachments.ts';
import type { Publication } from '../publication.ts';
import type { Readings } from '../readings/readings.ts';
import { userOnly } from '../readings/threads.ts';
import { takesType } from './types.ts';

/** A file in a request's body. */
export interface Part {
  /** As its sender calls it. */
  name: string | undefined;
  bytes: Readable;
}

/** A file as it is given. */
export interface OpenedFile {
  /** Where the bytes lie: a name below a folder. */
  folder: string;
  path: string;
  name: string;
  type: string;
}

export interface AttachmentsParts {
  writer: Writer<Change, Publication>;
  readings: Readings;
  files: FileStore;
  config: Pick<Config, 'maxFile' | 'fileTypes' | 'filesTotal' | 'pendingUploads'>;
  /** Whether a user may command anything now. */
  checkActive: (caller: UserCaller) => void;
  newId: () => string;
}

export type Attachments = ReturnType<typeof createAttachments>;

export function createAttachments({ writer, readings, files, config, checkActive, newId }: AttachmentsParts) {
  /** How many each user uploads right now, and how many bytes of all came in that no row counts yet. */
  const uploading = new Map<number, number>();
  let incomingBytes = 0;

  function begin(caller: UserCaller): void {
    checkActive(caller);
    const now = uploading.get(caller.id) ?? 0;
    if (now + readings.files.waiting(caller.id) >= config.pendingUploads) throw tooManyWaiting();
    uploading.set(caller.id, now + 1);
  }

  function end({ id }: UserCaller): void {
    const left = (uploading.get(id) ?? 1) - 1;
    if (left > 0) uploading.set(id, left);
    else uploading.delete(id);
  }

  /** Reads `parts` to their end, of which there may be one; gives back the room that it took with `done`. */
  async function receive(parts: AsyncIterable<Part>, maxBytes: number) {
    const kept = readings.files.bytes();
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

  return {
    /** Where the bytes lie. */
    folder: files.root,

    /** Keeps a file for its uploader, who then sends it with a message. What breaks off leaves nothing. */
    async upload(asking: Caller, parts: AsyncIterable<Part>): Promise<Attachment> {
      const caller = userOnly(asking);
      begin(caller);
      try {
        const { file, name, done } = await receive(parts, config.maxFile);
        try {
          const { type: mediaType, width, height } = await lookAt(file.path, name);
          if (!takesType(config.fileTypes, mediaType)) {
            throw new Refusal('UNSUPPORTED_TYPE', { details: { type: mediaType } });
          }
          const { hash, size } = file;
          const about = { id: newId(), hash, size, name, mediaType, width, height };
          return await files.keep(file, () =>
            writer.submit<Attachment>({ type: 'attachment.put', by: byOf(caller), ...about }),
          );
        } finally {
          await done();
        }
      } finally {
        end(caller);
      }
    },

    /** Throws `NOT_FOUND` for who may not read the message, as for what is not there. */
    async open(caller: Caller, id: string): Promise<OpenedFile> {
      const { attachment, hash } = await readings.attachment(caller, id);
      const { name, type } = attachment;
      return { folder: files.root, path: files.nameOf(hash), name, type };
    },
  };
}
