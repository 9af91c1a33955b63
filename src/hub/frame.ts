/** An event on its way to many: serialised once, when the first receiver needs it. */
import type { Event } from '../protocol/events.ts';
import { textFrame } from './text-frame.ts';

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

  /** The same as a WebSocket's frame. */
  get wire(): Buffer {
    this.bytes ??= textFrame(this.text);
    return this.bytes;
  }
}
