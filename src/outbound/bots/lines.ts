/**
 * A body read line by line, and the Server-Sent Events in it. Whatever comes is taken at once and without a promise: a
 * model says some words in each moment, and a promise for each would cost more than the words.
 */

/** Cuts what comes into lines, without their ends. What is no UTF-8 becomes U+FFFD. */
export class Lines {
  private readonly decoder = new TextDecoder();
  /** Of the line that has not ended, as it came: looked through once each, put together once. */
  private pieces: string[] = [];

  /** Gives the lines that end in it. */
  take(chunk: Uint8Array): string[] {
    const lines = this.decoder.decode(chunk, { stream: true }).split('\n');
    const last = lines.pop() ?? '';
    if (lines.length > 0) {
      if (this.pieces.length > 0) lines[0] = this.pieces.join('') + lines[0];
      this.pieces = [];
      for (let place = 0; place < lines.length; place += 1) lines[place] = withoutCr(lines[place] ?? '');
    }
    if (last !== '') this.pieces.push(last);
    return lines;
  }

  /** The last line, where nothing ends it. */
  rest(): string[] {
    const rest = this.pieces.join('') + this.decoder.decode();
    return rest === '' ? [] : [withoutCr(rest)];
  }
}

function withoutCr(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}

/** Reads the events of a stream, line by line. */
export class Events {
  /** The name of the event that was given last; empty where it has none. */
  name = '';
  private field = '';
  private data: string | null = null;

  /** Gives the data of the event that ends with this line; null where none does. */
  take(line: string): string | null {
    if (line === '') return this.rest();
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    if (field !== 'data' && field !== 'event') return null;
    const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (field === 'event') this.field = value;
    else this.data = this.data === null ? value : `${this.data}\n${value}`;
    return null;
  }

  /** The data of one that nothing ends: not every server ends its last one. */
  rest(): string | null {
    const { data } = this;
    this.name = this.field;
    this.field = '';
    this.data = null;
    return data;
  }
}
