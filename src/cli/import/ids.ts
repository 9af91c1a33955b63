/** Ids that come of the source's own: brought in twice, a thing has the same id and is there once. */
import { hash } from 'node:crypto';

function bitsOf(parts: readonly string[]): string {
  return hash('sha256', JSON.stringify(parts), 'hex');
}

/** A UUID of version 8. */
export function idFrom(...parts: string[]): string {
  const bits = bitsOf(parts);
  return `${bits.slice(0, 8)}-${bits.slice(8, 12)}-8${bits.slice(12, 15)}-${variantOf(bits)}${bits.slice(16, 19)}-${bits.slice(19, 31)}`;
}

/** A UUID of version 7, so that those of one time lie together in the store. @param ms when it was made */
export function timedIdFrom(ms: number, ...parts: string[]): string {
  const bits = bitsOf(parts);
  const time = ms.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${bits.slice(0, 3)}-${variantOf(bits)}${bits.slice(4, 7)}-${bits.slice(7, 19)}`;
}

function variantOf(bits: string): string {
  return ((Number.parseInt(bits.slice(3, 4), 16) & 0x3) | 0x8).toString(16);
}
