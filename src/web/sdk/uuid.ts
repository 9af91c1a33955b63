/**
 * Makes UUIDs of version 7 that rise in the order in which they were made, also within a millisecond and when the clock
 * steps back: each has a millisecond of its own, if need be one that is yet to come.
 *
 * @param now milliseconds since 1970
 */
export function createUuids(now: () => number): () => string {
  let last = 0;
  const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0');
  return () => {
    last = Math.max(last + 1, now());
    const time = hex(last, 12);
    const bytes = crypto.getRandomValues(new Uint8Array(10));
    const random = Array.from(bytes, (byte) => hex(byte, 2)).join('');
    const variant = hex(0x8000 | (Number.parseInt(random.slice(3, 7), 16) & 0x3fff), 4);
    return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(0, 3)}-${variant}-${random.slice(7, 19)}`;
  };
}
