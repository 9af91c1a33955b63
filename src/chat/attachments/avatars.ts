/** Pictures of people: put up by themselves, seen by anybody. */
import type { Writer } from '../../db/writer.ts';
import { lookAt } from '../../files/look.ts';
import type { FileStore } from '../../files/store.ts';
import { MAX_AVATAR_BYTES, MAX_AVATAR_SIDE } from '../../protocol/limits.ts';
import type { Me } from '../../protocol/person.ts';
import { misshapen, Refusal } from '../../protocol/refusal.ts';
import { byOf, type Caller, type UserCaller } from '../caller.ts';
import type { Change } from '../change.ts';
import type { Publication } from '../publication.ts';
import type { Readings } from '../readings/readings.ts';
import { userOnly } from '../readings/threads.ts';
import type { PutAvatarChange } from './attachment-change.ts';
import type { OpenedFile } from './attachments.ts';
import { hashOfAvatar } from './avatar-path.ts';
import type { Part, Receiver } from './receiver.ts';

const TYPES = ['image/png', 'image/jpeg', 'image/webp', 'image/avif'];

export interface AvatarsParts {
  writer: Writer<Change, Publication>;
  readings: Pick<Readings, 'files'>;
  files: FileStore;
  receive: Receiver;
}

export type Avatars = ReturnType<typeof createAvatars>;

export function createAvatars({ writer, readings, files, receive }: AvatarsParts) {
  async function change(caller: UserCaller, picture: PutAvatarChange['picture']): Promise<Me> {
    const { me, former } = await writer.submit<{ me: Me; former: string | null }>({
      type: 'avatar.put',
      by: byOf(caller),
      picture,
    });
    const hash = hashOfAvatar(former);
    if (hash !== null && former !== me.avatar) await writer.submit({ type: 'avatar.sweep', hashes: [hash] });
    return me;
  }

  return {
    maxBytes: MAX_AVATAR_BYTES,

    put(asking: Caller, parts: AsyncIterable<Part>): Promise<Me> {
      if (asking.kind === 'user' && asking.anonymous) throw new Refusal('FORBIDDEN');
      return receive(asking, parts, MAX_AVATAR_BYTES, async (file, name, caller) => {
        const { type: mediaType, width, height } = await lookAt(file.path, name);
        if (!TYPES.includes(mediaType)) throw new Refusal('UNSUPPORTED_TYPE', { details: { type: mediaType } });
        if (width === null || height === null || Math.max(width, height) > MAX_AVATAR_SIDE) {
          throw misshapen('file', `must be at most ${MAX_AVATAR_SIDE} pixels wide and high`);
        }
        const { hash, size } = file;
        return files.keep(file, () => change(caller, { hash, size, mediaType }));
      });
    },

    remove: (asking: Caller): Promise<Me> => change(userOnly(asking), null),

    /** For anybody; throws `NOT_FOUND` for what is nobody's picture, whatever else it may be. */
    async open(hash: string): Promise<OpenedFile> {
      const picture = await readings.files.picture(hash);
      if (picture === null) throw new Refusal('NOT_FOUND');
      return { ...picture, hash, name: 'avatar', read: (range) => files.read(hash, range) };
    },
  };
}
