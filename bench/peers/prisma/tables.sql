-- What schema.prisma comes to: Prisma's own tool for it is no package of the registry.
CREATE TABLE "ChatSession" (
  "id" TEXT PRIMARY KEY,
  "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "updatedAt" TIMESTAMP(3) NOT NULL
);
CREATE TABLE "Message" (
  "id" TEXT PRIMARY KEY,
  "sessionId" TEXT NOT NULL REFERENCES "ChatSession" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
  "sender" TEXT NOT NULL,
  "content" TEXT NOT NULL,
  "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX "Message_sessionId_createdAt_idx" ON "Message" ("sessionId", "createdAt");
