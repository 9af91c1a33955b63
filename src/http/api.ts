/** Every route that is asked with a token, or says that it does without, in the order of the API's document. */
import type { Socket } from 'node:net';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Chat } from '../chat/chat.ts';
import type { Config } from '../config.ts';
import type { ServerState } from '../protocol/server-state.ts';
import { apiKeys } from './api-keys.ts';
import { attachments } from './attachments.ts';
import { audit } from './audit.ts';
import { auth } from './auth.ts';
import { authentication } from './authentication.ts';
import { avatars } from './avatars.ts';
import { botReplies } from './bot-replies.ts';
import { bots } from './bots.ts';
import { cannedReplies } from './canned-replies.ts';
import { changes } from './changes.ts';
import { conversations } from './conversations.ts';
import { userExport } from './export.ts';
import type { Figures } from './figures.ts';
import { filing } from './filing.ts';
import { jobs } from './jobs.ts';
import { me } from './me.ts';
import { messages } from './messages.ts';
import { openid } from './openid.ts';
import { participants } from './participants.ts';
import { passkeys } from './passkeys.ts';
import { presence } from './presence.ts';
import { reports } from './reports.ts';
import { search } from './search.ts';
import { server } from './server.ts';
import { settings } from './settings.ts';
import { stats } from './stats.ts';
import { support } from './support.ts';
import { tokens } from './tokens.ts';
import { totp } from './totp.ts';
import { transcript } from './transcript.ts';
import { unread } from './unread.ts';
import { users } from './users.ts';
import { visitors } from './visitors.ts';
import { webhooks } from './webhooks.ts';
import { widgetConfig } from './widget-config.ts';

export interface ApiOptions {
  chat: Chat;
  config: Config;
  figures: Figures;
  backups: () => ServerState['backups'];
  /** Is to hold the sockets that bring a file. */
  uploading: WeakSet<Socket>;
}

/**
 * All in one scope: with one for each, making them took half as long again. Only who takes files has parsers of its own to
 * keep apart.
 */
export const api: FastifyPluginAsyncTypebox<ApiOptions> = async (
  app,
  { chat, config, figures, backups, uploading },
) => {
  await app.register(authentication, { identity: chat.identity, joinRooms: chat.joinRooms });
  await visitors(app, { chat, visitorsPerMinute: config.visitorsPerMinute });
  const signingIn = { chat, loginsPerMinute: config.loginsPerMinute, publicUrl: config.publicUrl };
  await auth(app, signingIn);
  await openid(app, signingIn);
  await passkeys(app, signingIn);
  await widgetConfig(app, { chat });
  await me(app, { chat, loginsPerMinute: config.loginsPerMinute });
  await totp(app, { chat, loginsPerMinute: config.loginsPerMinute });
  await tokens(app, { chat });
  await users(app, { chat });
  await userExport(app, { chat });
  await jobs(app, { chat });
  await apiKeys(app, { chat });
  await settings(app, { chat });
  await cannedReplies(app, { chat });
  await audit(app, { chat });
  await server(app, { chat, figures, backups });
  await bots(app, { chat });
  await botReplies(app, { chat });
  await webhooks(app, { chat });
  await conversations(app, { chat });
  await support(app, { chat });
  await messages(app, { chat });
  await participants(app, { chat });
  await app.register(attachments, { chat, config, uploading });
  await app.register(avatars, { chat, uploading });
  await changes(app, { chat });
  await unread(app, { chat });
  await search(app, { chat });
  await stats(app, { chat });
  await filing(app, { chat });
  await transcript(app, { chat });
  await reports(app, { chat });
  await presence(app, { chat });
};
