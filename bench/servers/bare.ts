/**
 * A bare `ws` server, the limit that Parley is measured against: it checks nothing, knows nobody and keeps nothing.
 *
 * - `echo` parses each frame, serialises it and sends it back.
 * - `relay` answers each send and delivers the message to the others of the conversation, in Parley's own shapes. Each
 *   receiver gets one write a message.
 * - `gather` is a relay that gathers the messages of a turn of the loop, and writes once to each receiver.
 */
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

interface Asked {
  id: number;
  type: string;
  token?: string;
  conversationId: string;
  message: { id: string; content: string };
}

interface Member {
  socket: WebSocket;
  raw: Socket;
}

interface Room {
  members: Member[];
  seq: number;
}

const TEXT = { binary: false } as const;
const rooms = new Map<string, Room>();
const mode = process.argv[2];

function join(conversationId: string, member: Member): void {
  const room = rooms.get(conversationId) ?? { members: [], seq: 0 };
  room.members.push(member);
  rooms.set(conversationId, room);
  member.socket.on('close', () => {
    room.members = room.members.filter((other) => other !== member);
  });
}

function made(room: Room, { conversationId, message }: Asked) {
  room.seq += 1;
  return {
    id: message.id,
    conversationId,
    seq: room.seq,
    rev: room.seq + 1,
    kind: 'text',
    author: { id: '01900000-0000-7000-8000-000000000000', name: 'Somebody 1', role: 'user' },
    ai: false,
    content: message.content,
    attachments: [],
    createdAt: new Date().toISOString(),
    editedAt: null,
    deletedAt: null,
  };
}

interface Parcel {
  to: Room;
  from: Member;
  answer: string;
  event: Buffer;
}

const parcels: Parcel[] = [];

/** Once a turn of the loop: each receiver's frames leave in one write. */
function flush(): void {
  const corked = new Set<Socket>();
  const cork = (raw: Socket) => {
    if (corked.has(raw)) return;
    corked.add(raw);
    raw.cork();
  };
  for (const { to, from, answer, event } of parcels.splice(0)) {
    for (const member of to.members) {
      cork(member.raw);
      if (member !== from) member.socket.send(event, TEXT);
    }
    from.socket.send(answer);
  }
  for (const raw of corked) raw.uncork();
}

function relay(from: Member, asked: Asked): void {
  const to = rooms.get(asked.conversationId);
  if (to === undefined) throw new Error('a send to nobody');
  const message = made(to, asked);
  const { conversationId } = asked;
  const event = Buffer.from(JSON.stringify({ type: 'message.created', conversationId, rev: message.rev, message }));
  const answer = JSON.stringify({ re: asked.id, type: 'ok', message });
  if (mode === 'gather') {
    if (parcels.length === 0) setImmediate(flush);
    parcels.push({ to, from, answer, event });
    return;
  }
  for (const member of to.members) if (member !== from) member.socket.send(event, TEXT);
  from.socket.send(answer);
}

const http = createServer();
const server = new WebSocketServer({ server: http, perMessageDeflate: false, clientTracking: false });
server.on('connection', (socket, request) => {
  const member: Member = { socket, raw: request.socket };
  socket.on('message', (data) => {
    const asked: Asked = JSON.parse(String(data));
    if (asked.type === 'hello') {
      join(asked.token ?? '', member);
      socket.send(JSON.stringify({ re: asked.id, type: 'welcome' }));
    } else if (mode === 'echo') socket.send(JSON.stringify(asked));
    else relay(member, asked);
  });
});
http.listen(0, '127.0.0.1', () => {
  process.stdout.write(`listens on http://127.0.0.1:${(http.address() as AddressInfo).port}\n`);
});
process.on('SIGTERM', () => process.exit(0));
