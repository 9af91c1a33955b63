/** A WebSocket's life: before hello, open, over. Frames come in, commands run in their order, answers go out. */
import type { Socket } from 'node:net';
import type { RawData, WebSocket } from 'ws';
import type { UserCaller } from '../chat/caller.ts';
import type { Hub } from '../hub/hub.ts';
import type { Line } from '../hub/line.ts';
import { type CloseCode, closeCodes } from '../protocol/close-codes.ts';
import type { Request, RequestOf } from '../protocol/commands.ts';
import { Refusal } from '../protocol/refusal.ts';
import type { Place } from './admission.ts';
import { BadFrames } from './bad-frames.ts';
import { CommandQueue, type Runner } from './command-queue.ts';
import { type Asking, commandOf, type Talk } from './commands.ts';
import type { Endable } from './farewell.ts';
import { greet } from './greeting.ts';
import { type OutletOwner, SocketOutlet } from './outlet.ts';
import type { Beating, Pulse } from './pulse.ts';
import { readFrame } from './read-frame.ts';
import { type Pace, Throttle } from './throttle.ts';

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
  /** Told when the socket is closed. */
  onGone: (connection: Connection) => void;
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

/** The listeners are the same for all sockets: an idle one shall not carry a set of its own. */
const connections = new WeakMap<WebSocket, Connection>();

function onMessage(this: WebSocket, data: RawData, binary: boolean): void {
  connections.get(this)?.take(data as Buffer, binary);
}

/** A ping is answered by ws itself, and costs as much as a frame. */
function onSign(this: WebSocket): void {
  connections.get(this)?.heard();
}

/** ws has answered a malformed frame with the standard's own close code by then, and closes. */
function onError(): void {}

function onClose(this: WebSocket): void {
  connections.get(this)?.gone();
}

export class Connection implements Beating, Endable, OutletOwner, Runner {
  heardAt = 0;
  private state: State;
  private readonly socket: WebSocket;
  private readonly place: Place;
  private readonly ip: string;
  private readonly userAgent: string | null;
  private readonly options: ConnectionOptions;
  private readonly outlet: SocketOutlet;
  private readonly queue: CommandQueue;
  private readonly throttle: Throttle;
  private bad: BadFrames | null = null;
  private stopping = false;

  /** Attaches its listeners at once: what comes before a listener is lost, and an error without one ends the process. */
  constructor(socket: WebSocket, raw: Socket, place: Place, from: CameFrom, options: ConnectionOptions) {
    this.socket = socket;
    this.place = place;
    this.ip = from.ip;
    this.userAgent = from.userAgent;
    this.options = options;
    this.outlet = new SocketOutlet(socket, raw, options.bufferBytes, this);
    this.queue = new CommandQueue(this);
    this.throttle = new Throttle(socket, options.pace);
    const deadline = setTimeout(() => this.late(), options.helloTimeoutMs).unref();
    this.state = { name: 'before-hello', deadline, late: false, greeting: false, bearer: from.bearer };
    connections.set(socket, this);
    socket.on('message', onMessage);
    socket.on('ping', onSign);
    socket.on('pong', onSign);
    socket.on('error', onError);
    socket.on('close', onClose);
    options.pulse.add(this);
  }

  get expiresAt(): number {
    return this.state.name === 'open' ? this.state.caller.expiresAt : Number.POSITIVE_INFINITY;
  }

  beat(): void {
    // Whom we do not read, we cannot hear.
    if (this.socket.isPaused) this.heardAt = this.options.pulse.tick;
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

  gone(): void {
    this.outlet.lost();
    this.place.leave();
    this.options.onGone(this);
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

  /** Something came from the other end, if only a ping. */
  heard(): void {
    this.heardAt = this.options.pulse.tick;
    this.throttle.took();
  }

  /** An error that got out of here would end the process. */
  take(data: Buffer, binary: boolean): void {
    if (this.outlet.ended || this.stopping) return;
    try {
      this.takeFrame(data, binary);
    } catch (error) {
      this.fail(null, error);
    }
  }

  private takeFrame(data: Buffer, binary: boolean): void {
    this.heard();
    const frame = readFrame(data, binary);
    if (frame.ok) {
      this.queue.add(frame.request);
      return;
    }
    this.fail(frame.re, frame.refusal);
    this.bad ??= new BadFrames();
    if (this.bad.add(performance.now())) this.end(closeCodes.BAD_FRAMES);
  }

  reads({ type }: Request): boolean {
    return type === 'hello' || 'read' in commandOf(type);
  }

  write(request: Request, answered: () => void): void {
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

  async read(request: Request): Promise<void> {
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
      const greeting = await greet(this.options.chat.live, request, { token, ip: this.ip }, this.place, this.outlet);
      if (greeting.name === 'welcome') {
        const { caller, line, welcome, release } = greeting;
        clearTimeout(state.deadline);
        this.state = { name: 'open', caller, line };
        this.answer({ re: request.id, ...welcome });
        release();
      } else if (greeting.name === 'too-many') {
        this.fail(request.id, greeting.refusal);
        this.end(closeCodes.TOO_MANY_SOCKETS, greeting.refusal.retryMs);
      }
    } finally {
      state.greeting = false;
      if (this.state === state && state.late) this.end(closeCodes.HELLO_LATE);
    }
  }

  private async helloAgain(state: State & { name: 'open' }, request: RequestOf<'hello'>): Promise<void> {
    if (request.token === undefined) throw new Refusal('UNAUTHENTICATED');
    const { caller, welcome } = await this.options.chat.live.greetAgain(state.caller, state.line, request.token);
    state.caller = caller;
    this.answer({ re: request.id, ...welcome });
  }

  private answer(answer: object): void {
    if (this.state.name === 'open') this.options.hub.corkAnswer(this.state.line);
    this.outlet.writeText(JSON.stringify(answer));
  }

  /** Every error becomes an answer: an unknown one says nothing of itself, and is told to the log. */
  private fail(re: number | null, error: unknown): void {
    if (!(error instanceof Refusal)) this.options.onError(error);
    const refusal = error instanceof Refusal ? error : new Refusal('INTERNAL');
    this.answer({ re, type: 'error', ...refusal.toFailure() });
  }

  crowd(crowded: boolean): void {
    if (!this.stopping) this.throttle.crowd(crowded);
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
  leave(code?: number): void {
    const { state } = this;
    if (code === closeCodes.SLOW) this.options.hub.slow += 1;
    this.state = { name: 'over' };
    if (state.name === 'before-hello') clearTimeout(state.deadline);
    if (state.name === 'open') this.options.chat.live.leave(state.line);
    this.queue.clear();
    this.options.pulse.remove(this);
    this.throttle.end();
  }
}
