// The stack of many a hand-written support chat: Express, Socket.IO, Prisma, PostgreSQL. A message is answered and told
// when it is written; the session's time is kept with it.
//
// DATABASE_URL=postgresql://… node express-prisma.mjs
import { createServer } from 'node:http';
import { PrismaPg } from '@prisma/adapter-pg';
import express from 'express';
import { Server } from 'socket.io';
import { PrismaClient } from './generated/client.ts';

const prisma = new PrismaClient({
  adapter: new PrismaPg({ connectionString: process.env.DATABASE_URL }),
  // Of many sends at once the last wait longer than its two seconds for their turn: they are not to fail for it.
  transactionOptions: { maxWait: 60_000, timeout: 60_000 },
});
const app = express();
app.get('/api/health', (_request, response) => response.json({ ok: true }));
const http = createServer(app);
const io = new Server(http, { transports: ['websocket'], perMessageDeflate: false });

io.on('connection', (socket) => {
  const own = socket.handshake.auth.conversation;
  socket.join(own);
  socket.on('send', async ({ id, conversation, from, content }, answer) => {
    try {
      if (conversation !== own) throw new Error('not in it');
      const [message] = await prisma.$transaction([
        prisma.message.create({ data: { id, sessionId: conversation, sender: from, content } }),
        prisma.chatSession.update({ where: { id: conversation }, data: {} }),
      ]);
      socket.to(own).emit('message', message);
      answer({ ok: true, message });
    } catch (error) {
      answer({ ok: false, error: String(error) });
    }
  });
});

await prisma.$connect();
http.listen(0, '127.0.0.1', () => console.log(`listens on http://127.0.0.1:${http.address().port}`));
process.on('SIGTERM', () => process.exit(0));
