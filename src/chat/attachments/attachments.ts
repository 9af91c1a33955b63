/** Files of messages: uploaded, and given to who may read the message at that moment. */
import type { Readable } from 'node:stream';
import type { Config } from '../../config.ts';
import type { Writer } from '../../db/writer.ts';
import { lookAt } from '../../files/look.ts';
import type { ByteRange } from '../../files/place.ts';
import type { FileStore } from '../../files/store.ts';
import type { Attachment } from '../../protocol/attachment.ts';
import { Refusal } from '../../protocol/refusal.ts';
import { byOf, type Caller } from '../caller.ts';
import type { Change } from '../change.ts';
import type { Publication } from '../publication.ts';
import type { Readings } from '../readings/readings.ts';
import type { Part, Receiver } from './receiver.ts';
import { takesType } from './types.ts';

/** A file as it is given. */
export interface OpenedFile {
  name: string;
  type: string;
  /** SHA-256 of the bytes, hex. */
  hash: string;
  size: number;
  /** The bytes, or some of them; null: they are lost. Throws a `Refusal` where they cannot be had now. */
  read: (range?: ByteRange) => Promise<Readable | null>;
}

export interface AttachmentsParts {
  writer: Writer<Change, Publication>;
  readings: Readings;
  files: FileStore;
  config: Pick<Config, 'maxFile' | 'fileTypes'>;
  receive: Receiver;
  newId: () => string;
}

export type Attachments = ReturnType<typeof createAttachments>;

export function createAttachments({ writer, readings, files, config, receive, newId }: AttachmentsParts) {
  return {
    /** Keeps a file for its uploader, who then sends it with a message. What breaks off leaves nothing. */
    upload(asking: Caller, parts: AsyncIterable<Part>): Promise<Attachment> {
      return receive(asking, parts, config.maxFile, async (file, name, caller) => {
        const { type: mediaType, width, height } = await lookAt(file.path, name);
        if (!takesType(config.fileTypes, mediaType)) {
          throw new Refusal('UNSUPPORTED_TYPE', { details: { type: mediaType } });
        }
        const { hash, size } = file;
        const about = { id: newId(), hash, size, name, mediaType, width, height };
        return files.keep(file, () =>
          writer.submit<Attachment>({ type: 'attachment.put', by: byOf(caller), ...about }),
        );
      });
    },

    /** Throws `NOT_FOUND` for who may not read the message, as for what is not there. */
    async open(caller: Caller, id: string): Promise<OpenedFile> {
      const { attachment, hash, size } = await readings.attachment(caller, id);
      const { name, type } = attachment;
      return { name, type, hash, size, read: (range) => files.read(hash, range) };
    },
  };
}
