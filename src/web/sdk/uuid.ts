/**
 * Makes UUIDs of version 7 that rise in the order in which they were made, also within a millisecond and when the clock
 * steps back: the outbox sorts by them after a reload.
 *
 * @param now milliseconds since 1970
 */
export function createUuids(now: () => number): () => string {
  let lastMs = 0;
  let counter = 0;
  const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0');
  return () => {
    const random = crypto.getRandomValues(new Uint16Array(5));
    const ms = now();
    if (ms > lastMs) {
      lastMs = ms;
      // Half of the counter's room stays free for more ids in the same millisecond.
      counter = (random[4] as number) & 0x7ff;
    } else if (++counter > 0xfff) {
      lastMs++;
      counter = 0;
    }
    random[0] = 0x8000 | ((random[0] as number) & 0x3fff);
    const tail = Array.from(random.subarray(0, 4), (word) => hex(word, 4)).join('');
    return `${hex(lastMs, 12)}7${hex(counter, 3)}${tail}`.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  };
}
