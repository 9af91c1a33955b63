// What one writes in an afternoon: Socket.IO with better-sqlite3, one transaction for each message. As careful as such a
// server is when it is careful: a message is answered and told when it is written, its sender must be of the
// conversation, its id is taken once, its number is the next.
//
// node socket-io-sqlite.mjs <file> <FULL|NORMAL>
import { createServer } from 'node:http';
import Database from 'better-sqlite3';
import { Server } from 'socket.io';

const [file, synchronous] = process.argv.slice(2);
const database = new Database(file);
database.pragma('journal_mode = WAL');
database.pragma(`synchronous = ${synchronous}`);
database.exec(`
  CREATE TABLE IF NOT EXISTS conversations (id TEXT PRIMARY KEY, seq INTEGER NOT NULL, updated_at INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS messages (
    id TEXT PRIMARY KEY, conversation TEXT NOT NULL REFERENCES conversations (id), seq INTEGER NOT NULL,
    sender TEXT NOT NULL, content TEXT NOT NULL, created_at INTEGER NOT NULL, UNIQUE (conversation, seq)
  ) STRICT`);
const known = database.prepare('SELECT seq, created_at FROM messages WHERE id = ?');
const begin = database.prepare('INSERT INTO conversations VALUES (?, 0, ?) ON CONFLICT DO NOTHING');
const next = database
  .prepare('UPDATE conversations SET seq = seq + 1, updated_at = ? WHERE id = ? RETURNING seq')
  .pluck();
const insert = database.prepare('INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?)');

const write = database.transaction(({ id, conversation, from, content }, at) => {
  const before = known.get(id);
  if (before !== undefined) return { seq: before.seq, at: before.created_at, isNew: false };
  const seq = next.get(at, conversation);
  insert.run(id, conversation, seq, from, content, at);
  return { seq, at, isNew: true };
});

const http = createServer();
const io = new Server(http, { transports: ['websocket'], perMessageDeflate: false });
io.on('connection', (socket) => {
  const own = socket.handshake.auth.conversation;
  begin.run(own, Date.now());
  socket.join(own);
  socket.on('send', (message, answer) => {
    const { id, conversation, content } = message;
    if (conversation !== own || typeof id !== 'string' || typeof content !== 'string' || content.length > 1000) {
      answer({ ok: false });
      return;
    }
    const { seq, at, isNew } = write(message, Date.now());
    const told = {
      id,
      conversation,
      seq,
      author: { name: message.from },
      content,
      createdAt: new Date(at).toISOString(),
    };
    if (isNew) socket.to(own).emit('message', told);
    answer({ ok: true, message: told });
  });
});
http.listen(0, '127.0.0.1', () => console.log(`listens on http://127.0.0.1:${http.address().port}`));
process.on('SIGTERM', () => process.exit(0));
