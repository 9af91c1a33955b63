/**
 * Makes UUIDs of version 7 that rise in the order in which they were made, also within a millisecond and when the clock
 * steps back: the outbox sorts by them after a reload.
 *
 * @param now milliseconds since 1970
 */
export function createUuids(now: () => number): () => string {
  let lastMs = 0;
  let counter = 0;
  return () => {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    const ms = now();
    if (ms > lastMs) {
      lastMs = ms;
      // Half of the counter's room stays free for more ids in the same millisecond.
      counter = ((bytes[6] as number) << 3) & 0x7ff;
    } else if (++counter > 0xfff) {
      lastMs++;
      counter = 0;
    }
    for (let i = 0; i < 6; i++) bytes[i] = Math.floor(lastMs / 2 ** (8 * (5 - i)));
    bytes[6] = 0x70 | (counter >> 8);
    bytes[7] = counter;
    bytes[8] = 0x80 | ((bytes[8] as number) & 0x3f);
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  };
}
