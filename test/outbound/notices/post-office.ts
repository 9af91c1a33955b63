/** A mail server and a push service on this machine: what arrives is read by others' libraries. */
import type { AddressInfo } from 'node:net';
import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import type { Test } from 'tap';
import { startReceiver } from '../receiver.ts';
import { type Browser, browser } from './browser.ts';

const PATIENCE_MS = 20_000;

/** Something that arrives one by one and can be waited for. */
class Arrivals<T> {
  readonly all: T[] = [];
  private readonly waiting = new Set<() => void>();

  add(one: T): void {
    this.all.push(one);
    for (const look of [...this.waiting]) look();
  }

  until(count: number): Promise<T[]> {
    return new Promise((resolve, reject) => {
      const look = () => {
        if (this.all.length < count) return;
        clearTimeout(late);
        this.waiting.delete(look);
        resolve(this.all.slice(0, count));
      };
      const late = setTimeout(() => reject(new Error(`${this.all.length} of ${count} arrived`)), PATIENCE_MS);
      this.waiting.add(look);
      look();
    });
  }
}

export interface PostOffice {
  /** As `PARLEY_SMTP_URL` has it. */
  url: string;
  port: number;
  mails: Arrivals<ParsedMail>;
  /** Names and passwords that were said to it. */
  logins: [name: unknown, password: unknown][];
  /** Lines to it that have ended. */
  lines: Arrivals<string>;
  /** Whether it refuses what comes, from now on. */
  refuses: boolean;
}

/** @param login whom it takes mails from; absent: from anybody. It speaks no TLS */
export async function startPostOffice(t: Test, login?: { user: string; pass: string }): Promise<PostOffice> {
  const mails = new Arrivals<ParsedMail>();
  const logins: PostOffice['logins'] = [];
  const lines = new Arrivals<string>();
  const server = new SMTPServer({
    authOptional: login === undefined,
    allowInsecureAuth: true,
    disabledCommands: login === undefined ? ['STARTTLS', 'AUTH'] : ['STARTTLS'],
    onAuth: ({ username, password }, _session, done) => {
      logins.push([username, password]);
      if (username === login?.user && password === login?.pass) done(null, { user: username });
      else done(new Error('who are you?'));
    },
    onClose: ({ id }) => lines.add(id),
    onData: (stream, _session, done) => {
      simpleParser(stream).then((mail) => {
        if (office.refuses) return done(new Error('no room'));
        mails.add(mail);
        done();
      }, done);
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  t.teardown(() => new Promise<void>((resolve) => server.close(() => resolve())));
  const { port } = server.server.address() as AddressInfo;
  const office: PostOffice = { url: `smtp://127.0.0.1:${port}`, port, mails, logins, lines, refuses: false };
  return office;
}

interface Push {
  path: string;
  headers: Record<string, unknown>;
  body: Buffer;
}

export interface PushService {
  url: string;
  /** What a browser would give the page. */
  subscription(name: string): { endpoint: string; keys: { p256dh: string; auth: string } };
  arrived: Arrivals<Push>;
  /** What the browser that subscribed under that path reads. */
  read(push: Push | undefined): unknown;
  /** What it answers from now on. */
  status: number;
}

export async function startPushService(t: Test): Promise<PushService> {
  const arrived: PushService['arrived'] = new Arrivals();
  const browsers = new Map<string, Browser>();
  const { url } = await startReceiver(t, async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    arrived.add({ path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks) });
    response.writeHead(service.status).end();
  });
  const service: PushService = {
    url,
    arrived,
    status: 201,
    subscription: (name) => {
      const one = browser();
      browsers.set(`/${name}`, one);
      return { endpoint: `${url}/${name}`, keys: one.keys };
    },
    read: (push) => JSON.parse(browsers.get(push?.path ?? '')?.read(push?.body ?? Buffer.alloc(0)) ?? 'null'),
  };
  return service;
}
