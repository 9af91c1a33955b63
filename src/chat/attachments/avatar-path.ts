const FOLDER = '/v1/avatars/';

/** Where a picture of somebody is to be had: named by its bytes, so that it never becomes another one. */
export function avatarPath(hash: string): string {
  return `${FOLDER}${hash}`;
}

/** Null for what is no such path. */
export function hashOfAvatar(path: string | null): string | null {
  return path?.startsWith(FOLDER) ? path.slice(FOLDER.length) : null;
}
