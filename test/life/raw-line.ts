/** One client's socket at a time: requests by their answers, frames in their order, nothing kept of what they say. */
import { once } from 'node:events';
import WebSocket from 'ws';
import type { Actor, Body } from '../helper.ts';
import { lineTo } from '../servers.ts';

export abstract class RawLine {
  readonly actor: Actor;
  /** What must never happen, in words. */
  readonly faults: string[] = [];
  /** Every frame of the newest socket, in order. */
  frames: Body[] = [];
  /** Where it connects the next time. */
  protected url: string;
  private socket: WebSocket | null = null;
  private asked = new Map<number, { request: Body; done: (answer: Body | null) => void }>();
  private lastId = 0;
  private watching: (() => void) | null = null;

  constructor(url: string, actor: Actor) {
    this.url = url;
    this.actor = actor;
  }

  /** Called with each event, in its place. */
  protected abstract event(event: Body): void;
  /** Called with each answer, in its place among the events. */
  protected abstract answered(request: Body, answer: Body): void;
  /** There is no line any more: what was under way is not. */
  protected abstract lost(): void;

  get connected(): boolean {
    return this.socket?.readyState === WebSocket.OPEN;
  }

  /** The events of this line. */
  get events(): Body[] {
    return this.frames.filter((frame) => frame.re === undefined);
  }

  /** Opens a socket; one that is there is cut first. False: it was cut meanwhile. */
  protected async openSocket(): Promise<boolean> {
    this.cut();
    const socket = new WebSocket(`${lineTo(this.url).replace(/^http/, 'ws')}/v1/ws`, 'parley.v1');
    this.socket = socket;
    this.frames = [];
    socket.on('error', () => {});
    socket.on('message', (data) => {
      if (this.socket === socket) this.take(JSON.parse(String(data)));
    });
    socket.on('close', () => {
      if (this.socket === socket) this.end();
    });
    await once(socket, 'open').catch(() => {});
    return this.socket === socket;
  }

  /** Cuts the line, as a lost network does: nothing is said, and what was not answered stays unknown. */
  cut(): void {
    const { socket } = this;
    this.end();
    socket?.terminate();
  }

  private end(): void {
    this.socket = null;
    const unanswered = [...this.asked.values()];
    this.asked = new Map();
    this.lost();
    for (const { done } of unanswered) done(null);
  }

  /** Sends a request; null when the line is lost before its answer. */
  async call(request: Body): Promise<Body | null> {
    const { socket } = this;
    if (socket?.readyState !== WebSocket.OPEN) return null;
    this.lastId += 1;
    const id = this.lastId;
    return new Promise((done) => {
      this.asked.set(id, { request, done });
      socket.send(JSON.stringify({ id, ...request }));
    });
  }

  async request(method: string, path: string, body?: unknown): Promise<{ status: number; body: Body }> {
    const answered = await this.actor.request(method, path, body);
    if (answered.status >= 500) this.faults.push(`${method} ${path}: ${answered.status}`);
    return answered;
  }

  /** Resolves when an event of this line, of before or to come, is one that `isIt`. */
  async until(isIt: (event: Body) => boolean): Promise<void> {
    while (!this.events.some(isIt)) {
      await new Promise<void>((resolve) => {
        this.watching = resolve;
      });
    }
  }

  private take(frame: Body): void {
    this.frames.push(frame);
    this.watching?.();
    if (frame.re === undefined) {
      this.event(frame);
      return;
    }
    const asked = this.asked.get(frame.re);
    if (asked === undefined) {
      this.faults.push(`an answer to nothing, or a second one: ${JSON.stringify(frame)}`);
      return;
    }
    this.asked.delete(frame.re);
    if (frame.code === 'INTERNAL') this.faults.push(`${JSON.stringify(asked.request)} is answered by INTERNAL`);
    this.answered(asked.request, frame);
    asked.done(frame);
  }
}
