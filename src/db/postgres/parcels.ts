/** Texts of any length as PostgreSQL's notices, which hold less than 8000 bytes each, and back. */

/** With room for what stands before it. A character in two takes four bytes, any other at most three. */
const MOST_BYTES = 7_800;
const MOST_CHARACTERS = MOST_BYTES / 3;

/** Where in a text a parcel stands: alone, first, between, last. */
type Place = 'a' | 'f' | 'b' | 'l';

/**
 * A text as payloads, in their order.
 *
 * @param server no space in it
 * @param number another at every call: of payloads that are alike, a transaction sends one
 */
export function parcelled(server: string, number: number, text: string): string[] {
  const payload = (place: Place, part: string, index = 0) => `${server} ${place} ${number}.${index} ${part}`;
  if (Buffer.byteLength(text) <= MOST_BYTES) return [payload('a', text)];
  const payloads: string[] = [];
  for (let from = 0; from < text.length; ) {
    const to = endOfPart(text, from + MOST_CHARACTERS);
    const place = from === 0 ? 'f' : to < text.length ? 'b' : 'l';
    payloads.push(payload(place, text.slice(from, to), payloads.length));
    from = to;
  }
  return payloads;
}

/** A pair of surrogates stays together. */
function endOfPart(text: string, end: number): number {
  return end < text.length && /[\uDC00-\uDFFF]/.test(text.charAt(end)) ? end - 1 : Math.min(end, text.length);
}

/** Puts together what comes from many servers, each in its order. */
export class Parcels {
  private readonly begun = new Map<string, string>();

  /** The server, and the text where `payload` is the end of one that was heard from its beginning; else null. */
  text(payload: string): { server: string; text: string } | null {
    const [, server = '', place, part = ''] = /^(\S+) ([afbl]) \S+ (.*)$/s.exec(payload) ?? [];
    if (place === 'a') return { server, text: part };
    const before = place === 'f' ? '' : this.begun.get(server);
    if (before === undefined) return null;
    if (place !== 'l') {
      this.begun.set(server, before + part);
      return null;
    }
    this.begun.delete(server);
    return { server, text: before + part };
  }

  /** A server is gone: the rest of what it said never comes. */
  forget(server: string): void {
    this.begun.delete(server);
  }

  forgetAll(): void {
    this.begun.clear();
  }
}
