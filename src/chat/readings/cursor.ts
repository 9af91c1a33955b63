/**
 * A client's place in everything that it may read: which life of the file, whose, in what role, and the position up
 * to which it has heard. Unsealed: a forged one brings nothing that its sender may not read.
 */
import { isId } from '../../protocol/id.ts';
import { MAX_CURSOR_AGE_MS } from '../../protocol/limits.ts';
import { ROLES, type Role } from '../../protocol/person.ts';
import type { UserCaller } from '../caller.ts';

export interface Cursor {
  epoch: string;
  /** UUID. */
  user: string;
  role: Role;
  /** µs of the store's clock. */
  position: number;
}

/** The cursor of a caller who has heard everything up to `position`. */
export function cursorOf(epoch: string, { uuid, role }: Pick<UserCaller, 'uuid' | 'role'>, position: number): string {
  return Buffer.from(`${epoch}.${uuid}.${role}.${position}`).toString('base64url');
}

/** Null for one that cannot be read: it counts as none. */
export function readCursor(text: string): Cursor | null {
  const [epoch = '', user, role, position = '', ...rest] = Buffer.from(text, 'base64url').toString().split('.');
  const known = ROLES.find((one) => one === role);
  if (epoch === '' || !isId(user) || known === undefined || !/^\d{1,16}$/.test(position) || rest.length > 0)
    return null;
  return { epoch, user, role: known, position: Number(position) };
}

/**
 * The position from which a cursor goes on; null where it cannot: another file's life, another user or role, ahead of
 * the store's clock, or too old.
 *
 * @param clock the position of the newest change, µs
 */
export function continues(cursor: Cursor | null, epoch: string, caller: UserCaller, clock: number): number | null {
  if (cursor === null || cursor.epoch !== epoch || cursor.user !== caller.uuid || cursor.role !== caller.role) {
    return null;
  }
  if (cursor.position > clock || cursor.position < clock - MAX_CURSOR_AGE_MS * 1000) return null;
  return cursor.position;
}
