/** Somebody whose line is lost and who comes back as the protocol says, with little kept: there may be thousands. */
import { setTimeout } from 'node:timers/promises';
import WebSocket from 'ws';
import { backoffMs } from '../../src/web/sdk/backoff.ts';
import type { Body } from '../helper.ts';
import { lineTo } from '../servers.ts';

export class Returning {
  readonly conversation: string;
  /** How often it was not let in. */
  refused = 0;
  /** The newest welcome. */
  welcome: Body = null;
  private readonly url: string;
  private readonly token: string;
  private socket: WebSocket | null = null;
  private readonly waiting = new Map<string, (frame: Body) => void>();
  private last = 0;

  constructor(url: string, token: string, conversation: string) {
    this.url = url;
    this.token = token;
    this.conversation = conversation;
  }

  /** Comes in, however often it must try, with the cursor of before. */
  async comeIn(): Promise<void> {
    for (let tries = 0; !(await this.tryOnce()); tries += 1) {
      this.refused += 1;
      await setTimeout(backoffMs(tries, Math.random));
    }
  }

  private async tryOnce(): Promise<boolean> {
    const socket = new WebSocket(`${lineTo(this.url).replace(/^http/, 'ws')}/v1/ws`, 'parley.v1', {
      perMessageDeflate: false,
    });
    socket.on('error', () => {});
    socket.on('message', (data) => this.take(JSON.parse(String(data))));
    const gone = new Promise<null>((resolve) => socket.once('close', () => resolve(null)));
    const opened = new Promise<boolean>((resolve) => socket.once('open', () => resolve(true)));
    this.socket = socket;
    if ((await Promise.race([opened, gone])) === null) return false;
    const cursor = this.welcome === null ? {} : { cursor: this.welcome.cursor };
    const welcome = await Promise.race([this.ask({ type: 'hello', token: this.token, ...cursor }), gone]);
    if (welcome?.type !== 'welcome') return false;
    this.welcome = welcome;
    return true;
  }

  private take(frame: Body): void {
    const name = frame.re === undefined ? frame.type : String(frame.re);
    this.waiting.get(name)?.(frame);
    this.waiting.delete(name);
  }

  private ask(frame: object): Promise<Body> {
    this.last += 1;
    const id = this.last;
    this.socket?.send(JSON.stringify({ id, ...frame }));
    return this.next(String(id));
  }

  /** The next event of that type. */
  next(type: string): Promise<Body> {
    return new Promise((resolve) => this.waiting.set(type, resolve));
  }

  say(content: string): Promise<Body> {
    return this.ask({ type: 'message.send', conversationId: this.conversation, message: { content } });
  }

  cut(): void {
    this.socket?.terminate();
  }
}
