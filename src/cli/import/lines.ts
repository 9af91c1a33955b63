/** Lines of a text that comes in pieces. */
import { MAX_ROW_LENGTH } from './row.ts';

export interface Line {
  line: number;
  /** Without its end; null: it is too long. */
  text: string | null;
}

export class Lines {
  private rest = '';
  private number = 1;
  private tooLong = false;

  push(text: string): Line[] {
    const pieces = (this.rest + text).split('\n');
    this.rest = pieces.pop() as string;
    const found = pieces.map((piece) => this.next(piece));
    if (this.rest.length > MAX_ROW_LENGTH) {
      this.rest = '';
      this.tooLong = true;
    }
    return found;
  }

  private next(piece: string): Line {
    const text = this.tooLong ? null : piece.endsWith('\r') ? piece.slice(0, -1) : piece;
    this.tooLong = false;
    const line = this.number;
    this.number += 1;
    return { line, text };
  }

  /** What stands behind the last end of a line, if anything does. */
  end(): Line[] {
    if (this.rest === '' && !this.tooLong) return [];
    const last = this.next(this.rest);
    this.rest = '';
    return [last];
  }
}
