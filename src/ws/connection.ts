/** A WebSocket's life: before hello, open, over. Frames come in, commands run in their order, answers go out. */
import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import type { UserCaller } from '../chat/caller.ts';
import type { Hub } from '../hub/hub.ts';
import type { Line } from '../hub/line.ts';
import { type CloseCode, closeCodes } from '../protocol/close-codes.ts';
import type { Request, RequestOf } from '../protocol/commands.ts';
import { Refusal } from '../protocol/refusal.ts';
import type { Place } from './admission.ts';
import { BadFrames } from './bad-frames.ts';
import { CommandQueue } from './command-queue.ts';
import { type Asking, commandOf, type Talk } from './commands.ts';
import type { Endable } from './farewell.ts';
import { FrameRate, type Pace } from './frame-rate.ts';
import { SocketOutlet } from './outlet.ts';
import type { Beating, Pulse } from './pulse.ts';
import { readFrame } from './read-frame.ts';

/** What all connections share. */
export interface ConnectionOptions {
  chat: Talk;
  hub: Hub;
  pulse: Pulse;
  pace: Pace;
  /** Bytes that may wait for a client that does not drain. */
  bufferBytes: number;
  /** An absolute deadline: no traffic but hello moves it. */
  helloTimeoutMs: number;
  /** Whoever is one too many comes back after so long. */
  tooManyRetryMs: number;
  onError: (error: unknown) => void;
}

/** Of the request that opened the socket, what outlives it. */
export interface CameFrom {
  ip: string;
  userAgent: string | null;
  /** The token of an Authorization header, for a hello that brings none. */
  bearer: string | null;
}

type State =
  | { name: 'before-hello'; deadline: NodeJS.Timeout; late: boolean; greeting: boolean; bearer: string | null }
  | { name: 'open'; caller: UserCaller; line: Line }
  | { name: 'over' };

export class Connection implements Beating, Endable {
  heardAt = 0;
  private state: State;
  private readonly socket: WebSocket;
  private readonly place: Place;
  private readonly ip: string;
  private readonly userAgent: string | null;
  private readonly options: ConnectionOptions;
  private readonly outlet: SocketOutlet;
  private readonly queue: CommandQueue;
  private readonly rate: FrameRate;
  private bad: BadFrames | null = null;
  private crowded = false;
  private slowedDown: NodeJS.Timeout | null = null;
  private stopping = false;

  /** Attaches its listeners at once: what comes before a listener is lost, and an error without one ends the process. */
  constructor(socket: WebSocket, raw: Socket, place: Place, from: CameFrom, options: ConnectionOptions) {
    this.socket = socket;
    this.place = place;
    this.ip = from.ip;
    this.userAgent = from.userAgent;
    this.options = options;
    this.outlet = new SocketOutlet(socket, raw, { bufferBytes: options.bufferBytes, onEnd: () => this.leave() });
    this.queue = new CommandQueue({
      reads: (request) => request.type === 'hello' || 'read' in commandOf(request.type),
      write: (request, answered) => this.write(request, answered),
      read: (request) => this.read(request),
      crowded: (crowded) => this.setCrowded(crowded),
    });
    this.rate = new FrameRate(options.pace, performance.now());
    const deadline = setTimeout(() => this.late(), options.helloTimeoutMs).unref();
    this.state = { name: 'before-hello', deadline, late: false, greeting: false, bearer: from.bearer };
    socket.on('message', (data, binary) => this.take(data as Buffer, binary));
    socket.on('pong', () => this.heard());
    // ws has answered a malformed frame with the standard's own close code by then, and closes.
    socket.on('error', () => {});
    socket.on('close', () => this.outlet.lost());
    options.pulse.add(this);
  }

  get expiresAt(): number {
    return this.state.name === 'open' ? this.state.caller.expiresAt : Number.POSITIVE_INFINITY;
  }

  beat(): void {
    // Whom we do not read, we cannot hear.
    if (this.socket.isPaused) this.heard();
    this.socket.ping();
  }

  missing(): void {
    this.socket.terminate();
  }

  expired(): void {
    this.end(closeCodes.TOKEN_EXPIRED);
  }

  /** Takes nothing more, answers what was taken in, says `bye` and closes. */
  async stop(retryMs: number): Promise<void> {
    this.stopping = true;
    this.socket.pause();
    await this.queue.answered();
    this.end(closeCodes.RESTART, retryMs);
  }

  whenGone(): Promise<void> {
    const { socket } = this;
    return new Promise((resolve) => {
      if (socket.readyState === socket.CLOSED) resolve();
      else socket.once('close', () => resolve());
    });
  }

  cut(): void {
    this.socket.terminate();
  }

  private heard(): void {
    this.heardAt = this.options.pulse.tick;
  }

  /** An error that got out of here would end the process. */
  private take(data: Buffer, binary: boolean): void {
    if (this.outlet.ended || this.stopping) return;
    try {
      this.takeFrame(data, binary, performance.now());
    } catch (error) {
      this.fail(null, error);
    }
  }

  private takeFrame(data: Buffer, binary: boolean, now: number): void {
    this.heard();
    this.rate.take(now);
    if (this.slowedDown === null) this.slowDown(now);
    const frame = readFrame(data, binary);
    if (frame.ok) {
      this.queue.add(frame.request);
      return;
    }
    this.fail(frame.re, frame.refusal);
    this.bad ??= new BadFrames();
    if (this.bad.add(now)) this.end(closeCodes.BAD_FRAMES);
  }

  private write(request: Request, answered: () => void): void {
    const { id } = request;
    const failed = (error: Error) => {
      this.fail(id, error);
      answered();
    };
    try {
      const command = commandOf(request.type);
      if (!('write' in command)) throw new Error(`${request.type} is not a write`);
      const done = (result: object) => {
        this.answer({ re: id, type: 'ok', ...result });
        answered();
      };
      command.write(this.asking(), request as never, done, failed);
    } catch (error) {
      failed(error as Error);
    }
  }

  private async read(request: Request): Promise<void> {
    try {
      if (request.type === 'hello') return await this.hello(request);
      const command = commandOf(request.type);
      if (!('read' in command)) throw new Error(`${request.type} is not a reading`);
      const { result, after } = await command.read(this.asking(), request as never);
      this.answer({ re: request.id, type: 'ok', ...result });
      after?.();
    } catch (error) {
      this.fail(request.id, error);
    }
  }

  private asking(): Asking {
    if (this.state.name !== 'open') throw new Refusal('UNAUTHENTICATED', { message: 'Say hello first.' });
    const { caller, line } = this.state;
    return { chat: this.options.chat, caller, line, ip: this.ip, userAgent: this.userAgent };
  }

  private async hello(request: RequestOf<'hello'>): Promise<void> {
    const { state } = this;
    if (state.name === 'over') return;
    if (state.name === 'open') return await this.helloAgain(state, request);
    const token = request.token ?? state.bearer;
    if (token === null) throw new Refusal('UNAUTHENTICATED');
    state.greeting = true;
    try {
      await this.greet(request, token);
    } finally {
      state.greeting = false;
      if (this.state === state && state.late) this.end(closeCodes.HELLO_LATE);
    }
  }

  private async greet(request: RequestOf<'hello'>, token: string): Promise<void> {
    const { live } = this.options.chat;
    const known = await live.recognise(token);
    if (this.outlet.ended) return;
    if (!live.hasRoomFor(known) || !this.place.spoke(known.anonymous)) {
      const retryMs = this.options.tooManyRetryMs;
      this.fail(request.id, new Refusal('RATE_LIMITED', { message: 'There are too many open lines.', retryMs }));
      this.end(closeCodes.TOO_MANY_SOCKETS, retryMs);
      return;
    }
    const { line, caller } = live.follow(known, this.outlet);
    try {
      const { welcome, release } = await live.greet(caller, line, request);
      if (this.outlet.ended) return live.leave(line);
      this.open(caller, line);
      this.answer({ re: request.id, ...welcome });
      release();
    } catch (error) {
      live.leave(line);
      throw error;
    }
  }

  private open(caller: UserCaller, line: Line): void {
    if (this.state.name === 'before-hello') clearTimeout(this.state.deadline);
    this.state = { name: 'open', caller, line };
  }

  private async helloAgain(state: State & { name: 'open' }, request: RequestOf<'hello'>): Promise<void> {
    if (request.token === undefined) throw new Refusal('UNAUTHENTICATED');
    const { caller, welcome } = await this.options.chat.live.greetAgain(state.caller, state.line, request.token);
    state.caller = caller;
    this.answer({ re: request.id, ...welcome });
  }

  private answer(answer: object): void {
    if (this.state.name === 'open') this.options.hub.cork(this.state.line);
    this.outlet.writeText(JSON.stringify(answer));
  }

  /** Every error becomes an answer: an unknown one says nothing of itself, and is told to the log. */
  private fail(re: number | null, error: unknown): void {
    if (!(error instanceof Refusal)) this.options.onError(error);
    const refusal = error instanceof Refusal ? error : new Refusal('INTERNAL');
    this.answer({ re, type: 'error', ...refusal.toFailure() });
  }

  private setCrowded(crowded: boolean): void {
    this.crowded = crowded;
    this.pauseOrResume();
  }

  /** What was read in one piece is answered, and only then does the line wait: for all of it. */
  private slowDown(now: number): void {
    const wait = this.rate.wait(now);
    this.slowedDown = wait === 0 ? null : setTimeout(() => this.slowDown(performance.now()), wait).unref();
    this.pauseOrResume();
  }

  private pauseOrResume(): void {
    if (this.stopping) return;
    const wait = this.crowded || this.slowedDown !== null;
    if (wait === this.socket.isPaused) return;
    if (wait) this.socket.pause();
    else this.socket.resume();
  }

  private late(): void {
    if (this.state.name !== 'before-hello') return;
    if (this.state.greeting) this.state.late = true;
    else this.end(closeCodes.HELLO_LATE);
  }

  private end(code: CloseCode, retryMs = 0): void {
    this.outlet.end(code, retryMs);
  }

  /** Nothing more is written: it hears nothing more, and nothing that waits is begun. */
  private leave(): void {
    const { state } = this;
    this.state = { name: 'over' };
    if (state.name === 'before-hello') clearTimeout(state.deadline);
    if (state.name === 'open') this.options.chat.live.leave(state.line);
    this.queue.clear();
    if (this.slowedDown !== null) clearTimeout(this.slowedDown);
    this.options.pulse.remove(this);
    // The other end's close has to be read.
    this.socket.resume();
  }
}
