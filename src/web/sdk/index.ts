/** The SDK as others get it: what `npm run build:sdk` bundles into dist/sdk/parley.js. */
export type { Client, ClientEvents, ClientOptions, Sending } from './client.ts';
export type { Clock } from './clock.ts';
export type { ClientState } from './connection.ts';
export type { Conversations, HistoryQuery } from './conversations.ts';
export { createClient } from './create-client.ts';
export { type ClientCode, ParleyError } from './errors.ts';
export type { OutboxItem, Target } from './outbox-item.ts';
export type { Reply } from './reply.ts';
export { defaultStorage, memoryStorage, type Storage } from './storage.ts';
export type { GetToken } from './token.ts';
export { createVisitor, type Visitor, type VisitorOptions } from './visitor.ts';
