/** Pictures of people: for anybody who sees them, as long as they or a message of theirs show it. */

import { Refusal } from '../../protocol/refusal.ts';
import type { PutAvatarChange, SweepAvatarsChange } from '../attachments/attachment-change.ts';
import { avatarPath } from '../attachments/avatar-path.ts';
import { userAsking, wantAsker } from './asker.ts';
import { dropUnused, fileOf } from './files.ts';
import { meOf, tellMe } from './people-rows.ts';
import type { Rule } from './rule.ts';

export const putAvatar: Rule<PutAvatarChange> = {
  want(change, want) {
    wantAsker(change.by, want);
    if (change.picture !== null) want.file(change.picture.hash);
  },

  decide(given, { by, picture }) {
    const { set } = given;
    const user = userAsking(set, by);
    // What strangers show of themselves stands in the team's own console.
    if (user.anonymous) throw new Refusal('FORBIDDEN');
    if (picture !== null) {
      const file = fileOf(given, picture);
      file.avatar = picture.mediaType;
      set.marked.files.save(file);
    }
    const former = user.avatar;
    user.avatar = picture === null ? null : avatarPath(picture.hash);
    set.marked.users.save(user);
    return { value: { me: meOf(given, user), former }, publications: [tellMe(given, user)] };
  },
};

export const sweepAvatars: Rule<SweepAvatarsChange> = {
  // Who shows what is asked of the file, which the others of a batch would still change.
  alone: true,
  want(change, want) {
    for (const hash of change.hashes) {
      want.file(hash);
      want.shown(avatarPath(hash));
    }
  },

  decide(given, { hashes }) {
    const { set } = given;
    const gone = hashes.flatMap((hash) => {
      const file = set.filesByHash.get(hash);
      if (!file || file.avatar === null || set.shown.get(avatarPath(hash)) !== false) return [];
      file.avatar = null;
      set.marked.files.save(file);
      return dropUnused(given, file);
    });
    return { value: gone.length, publications: gone.length === 0 ? [] : [{ type: 'files', gone }] };
  },
};
