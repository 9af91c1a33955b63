/**
 * A body read line by line, and the Server-Sent Events in it. What came at once is given at once: a model says some
 * words in each moment, and a promise for each would cost more than the words.
 */

/** Lines without their ends; the last one comes even where nothing ends it. What is no UTF-8 becomes U+FFFD. */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string[], void> {
  const decoder = new TextDecoder();
  // Of the line that has not ended, as it came: looked through once each, put together once.
  let pieces: string[] = [];
  for await (const chunk of chunks) {
    const parts = decoder.decode(chunk, { stream: true }).split('\n');
    const last = parts.pop() ?? '';
    if (parts.length > 0) {
      parts[0] = pieces.join('') + parts[0];
      pieces = [];
      yield parts.map(withoutCr);
    }
    pieces.push(last);
  }
  const rest = pieces.join('') + decoder.decode();
  if (rest !== '') yield [withoutCr(rest)];
}

function withoutCr(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}

export interface ServerSentEvent {
  event: string;
  data: string;
}

/** The events of a stream. One that nothing ends is told too: not every server ends its last one. */
export async function* eventsOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<ServerSentEvent[], void> {
  let event = '';
  let data: string | null = null;
  for await (const lines of linesOf(chunks)) {
    const events: ServerSentEvent[] = [];
    for (const line of lines) {
      if (line === '') {
        if (data !== null) events.push({ event, data });
        event = '';
        data = null;
        continue;
      }
      const colon = line.indexOf(':');
      const field = colon < 0 ? line : line.slice(0, colon);
      if (field !== 'data' && field !== 'event') continue;
      const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
      if (field === 'event') event = value;
      else data = data === null ? value : `${data}\n${value}`;
    }
    if (events.length > 0) yield events;
  }
  if (data !== null) yield [{ event, data }];
}
