/** An event on its way to many: serialised once, when the first receiver needs it. */
import type { Event } from '../protocol/events.ts';

export class Frame {
  readonly event: Event;
  private json: string | null = null;
  private bytes: Buffer | null = null;

  constructor(event: Event) {
    this.event = event;
  }

  get text(): string {
    this.json ??= JSON.stringify(this.event);
    return this.json;
  }

  /** The same in UTF-8: what a socket takes without encoding it again. */
  get buffer(): Buffer {
    this.bytes ??= Buffer.from(this.text);
    return this.bytes;
  }
}
