/**
 * A bot's text made one that a message may hold, piece by piece as it comes: line ends become LF, other control
 * characters and half characters go, blanks before the first word too, and it ends at the length that bots may write.
 */
import { codePointLength, firstCodePoints } from '../../protocol/code-points.ts';
import { MAX_MESSAGE_LENGTH } from '../../protocol/limits.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: taking them out is the point
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g;
const HIGH_SURROGATE = /[\ud800-\udbff]$/;

/** The end of a text, which the file does not have yet. */
export interface Unkept {
  /** Code points before it, which the file has. */
  from: number;
  more: string;
}

export class BotText {
  /** All that was taken so far. */
  text = '';
  /** More was said than a bot may write. */
  tooLong = false;
  private points = 0;
  private keptPoints = 0;
  /** Apart from the text: to cut it off the whole would copy the whole each time. */
  private more = '';
  /** The end of the last piece that its next one may change: a CR, or half of a character. */
  private held = '';

  /** Takes a piece; gives what it adds to the text. */
  add(piece: string): string {
    if (this.tooLong) return '';
    let raw = this.held + piece;
    this.held = '';
    const last = raw.at(-1) ?? '';
    if (last === '\r' || HIGH_SURROGATE.test(last)) {
      this.held = last;
      raw = raw.slice(0, -1);
    }
    return this.take(raw);
  }

  /** What the end of the text settles: gives it whole, without the blanks behind the last word. */
  end(): string {
    this.take(this.held);
    this.held = '';
    this.text = this.text.trimEnd();
    return this.text;
  }

  private take(raw: string): string {
    let clean = raw.replace(/\r\n?/g, '\n').replace(CONTROLS, '').toWellFormed();
    if (this.text === '') clean = clean.trimStart();
    const points = codePointLength(clean);
    if (this.points + points > MAX_MESSAGE_LENGTH) {
      this.tooLong = true;
      clean = firstCodePoints(clean, MAX_MESSAGE_LENGTH - this.points);
      this.points = MAX_MESSAGE_LENGTH;
    } else this.points += points;
    this.text += clean;
    this.more += clean;
    return clean;
  }

  get unkept(): Unkept {
    return { from: this.keptPoints, more: this.more };
  }

  /** The file has it: all that was unkept then, or is now. */
  kept({ from, more }: Unkept = this.unkept): void {
    this.keptPoints = from + codePointLength(more);
    this.more = this.more.slice(more.length);
  }
}
