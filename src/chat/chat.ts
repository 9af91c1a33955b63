/** All that anyone can do, said once for every door: the parts are put together here, the rules handed to the writer. */
import { randomUUIDv7 } from 'node:crypto';
import type { Config } from '../config.ts';
import type { Store } from '../db/store.ts';
import type { ThreadSource } from '../db/thread.ts';
import type { FileStore } from '../files/store.ts';
import type { Hub } from '../hub/hub.ts';
import { scatter } from '../hub/scatter.ts';
import type { Limits } from '../protocol/answers.ts';
import { closeCodes } from '../protocol/close-codes.ts';
import type { Stats } from '../protocol/stats.ts';
import type { TagCount } from '../protocol/tag-count.ts';
import { createAttachments } from './attachments/attachments.ts';
import { createAvatars } from './attachments/avatars.ts';
import { createReceiver } from './attachments/receiver.ts';
import { startUpkeep } from './attachments/upkeep.ts';
import { createAskingBots } from './bots/asking-bots.ts';
import { createBots } from './bots/bots.ts';
import { createStreams } from './bots/streams.ts';
import type { Caller } from './caller.ts';
import type { Change } from './change.ts';
import { claimedRooms } from './claimed-rooms.ts';
import { createConversations } from './conversations.ts';
import { alone, decider, want } from './decide/judge.ts';
import { createExports } from './export/exports.ts';
import { jobKinds } from './job-kinds.ts';
import { createJobs } from './jobs.ts';
import { limitsOfRules } from './limits-of-rules.ts';
import { createLive, type Live } from './live/live.ts';
import { createMarks } from './marks.ts';
import { createMessages } from './messages.ts';
import { noticeReadings } from './notices/notice-readings.ts';
import { createNotices } from './notices/notices.ts';
import { pushKeys } from './notices/push-keys.ts';
import { createPushes } from './notices/pushes.ts';
import { unsubscribeTokens } from './notices/unsubscribe.ts';
import { createOutbox } from './outbox/outbox.ts';
import { outboxReadings } from './outbox/outbox-readings.ts';
import { NOBODY, type Outside } from './outbox/outside.ts';
import { webhookSecrets } from './outbox/webhook-secret.ts';
import { createWebhooks } from './outbox/webhooks.ts';
import { createParticipants } from './participants.ts';
import { createOperator } from './people/by-operator.ts';
import type { HostKey } from './people/host-keys.ts';
import type { Jwt } from './people/jwt.ts';
import { createLinksByMail } from './people/links-by-mail.ts';
import type { OpenidProvider } from './people/openid.ts';
import { createPeople } from './people/people.ts';
import { keyFor } from './people/secret.ts';
import { forOthers, type Publication, type ThreadEvent } from './publication.ts';
import { publisher, publishMark } from './publish.ts';
import { createReadings } from './readings/readings.ts';
import { prepareRows } from './readings/rows.ts';
import type { SlowReadings } from './readings/slow-readings.ts';
import { createReports } from './reports.ts';
import { createRetention } from './retention.ts';
import { createSeal } from './seal.ts';
import { createSearch } from './search.ts';
import { createAudit } from './setup/audit.ts';
import { createCannedReplies } from './setup/canned-replies.ts';
import { createServerState } from './setup/server-state.ts';
import { createSettings } from './setup/settings.ts';
import { createWidgetConfig } from './setup/widget-config.ts';
import { sharedRates } from './shared-rates.ts';
import { createSnoozes, type Snoozes } from './snoozes.ts';
import { createTranscripts } from './transcript/transcript.ts';

export interface ChatParts {
  store: Store;
  files: FileStore;
  hub: Hub;
  config: Config;
  /** The server's own. */
  secret: Buffer;
  jwt: Jwt;
  hostKeys: readonly HostKey[];
  /** Null: none is set up. */
  openidProvider: OpenidProvider | null;
  /** Wall clock, ms. */
  now: () => number;
  version: string;
  onError: (error: unknown) => void;
  /** What a reader thread runs. */
  readerThread: ThreadSource;
}

/** Over how long lines are closed that missed something: all at once they would ask for everything at once. */
const COME_BACK_MS = 5_000;
/** After what was missed could not be read. */
const AGAIN_MS = 1_000;

export type Chat = ReturnType<typeof createChat>;

export function createChat(parts: ChatParts) {
  const { store, files, hub, config } = parts;
  const limits = limitsOf(config);
  // The writer publishes from the first commit on, and the lines' part needs the writer: told of nothing until then.
  let live: Live | null = null;
  let snoozes: Snoozes | null = null;
  let asking: ReturnType<typeof createAskingBots> | null = null;
  let outside = NOBODY;
  let messagesMade = 0;
  const rows = prepareRows(store.questions);
  const streams = createStreams({
    hub,
    bus: store.bus,
    find: async (conversation, uuid) => {
      const message = await rows.message.get({ conversation, uuid });
      return message?.state === 'streaming' ? ((await rows.conversation.get({ id: conversation })) ?? null) : null;
    },
    onError: parts.onError,
  });
  const told = (publication: Publication, elsewhere: boolean): void => {
    if (publication.type === 'job') jobs.wake();
    if (publication.type === 'files') files.remove(publication.gone);
    if (publication.type === 'settings') settings.changed(publication.settings);
    if (publication.type === 'webhooks') {
      if (publication.told === null) outside.webhooksChanged();
      else outside.delivered(publication.told.webhook, publication.told.event);
    }
    live?.told(publication);
    asking?.turns.told(publication, elsewhere);
    streams.told(publication);
    if (publication.type === 'thread' && !elsewhere) messagesMade += publication.events.filter(isMessage).length;
    const until = publication.type === 'thread' ? publication.conversation?.team?.snoozedUntil : null;
    if (until != null) snoozes?.noted(Date.parse(until));
    outside.wake();
  };
  const writer = store.openWriter<Change, Publication>({
    alone,
    want,
    decide: decider(limitsOfRules(config), sharedRates(store.bus)),
    publish: publisher(hub, told, parts.onError),
    forOthers,
    lost: (position) => {
      scatter(hub, closeCodes.SLOW, COME_BACK_MS, parts.onError);
      hub.position = position;
      readSettings();
      outside.webhooksChanged();
      jobs.wake();
      snoozes?.missed();
      asking?.turns.missed();
      outside.wake();
    },
  });
  const slow = store.openReaders<SlowReadings>({
    thread: parts.readerThread,
    here: async (questions) => (await import('./readings/slow-readings.ts')).prepareSlowReadings(questions).readings,
  });
  const settings = createSettings(store.questions, writer);
  const readSettings = (): void => {
    settings.begin().catch((error) => {
      parts.onError(error);
      setTimeout(readSettings, AGAIN_MS).unref();
    });
  };
  const readings = createReadings({ store, config, running: streams.textOf });
  const seal = createSeal(keyFor(parts.secret, 'sealed'));
  asking = createAskingBots({
    ...parts,
    writer,
    streams,
    seal,
    replyKey: keyFor(parts.secret, 'bot-reply'),
    typing: async (who, conversationId, on) => live?.typing.set(who, conversationId, on),
    maxLength: config.maxLength,
  });
  snoozes = createSnoozes({
    db: store.questions,
    writer,
    duties: store.duties,
    now: parts.now,
    onError: parts.onError,
  });
  const claimRooms = claimedRooms(writer, store.questions);
  const jobs = createJobs({
    db: store.questions,
    writer,
    duties: store.duties,
    kinds: jobKinds(store.questions),
    onError: parts.onError,
  });
  const people = createPeople({
    ...parts,
    writer,
    seal,
    mails: () => outside.mails,
    claimRooms,
    whenDone: jobs.whenDone,
    newId: randomUUIDv7,
  });
  live = createLive({
    ...parts,
    limits,
    readings,
    claimRooms,
    contexts: people.contexts,
    me: people.users.me,
    signIn: people.identity.signIn,
    ticketFor: people.tickets.make,
    announce: (mark) => publishMark(hub, mark),
    showsTyping: () => settings.current().typingText,
    noteSeen: (user) => {
      writer.submit({ type: 'user.seen', user, session: null, expiresAt: null });
    },
  });
  const receive = createReceiver({ readings, files, config, checkActive: people.users.checkActive });
  const noticing = noticeReadings(store.questions);
  const keysOfPush = pushKeys(keyFor(parts.secret, 'push'));
  const { presence } = live;
  const secrets = webhookSecrets(keyFor(parts.secret, 'webhook'));
  const following = { readings: outboxReadings(store.questions), writer, secrets, now: parts.now };
  return {
    ...people,
    operator: createOperator({ readings: people.readings, writer, now: parts.now }),
    jobs,
    retention: createRetention({
      db: store.questions,
      writer,
      duties: store.duties,
      retentionDays: () => settings.current().retentionDays,
      now: parts.now,
      onError: parts.onError,
    }),
    readings,
    transcript: createTranscripts({
      readings,
      readPage: (caller, id, after) => slow.read('transcriptPage', caller, id, after),
    }),
    search: createSearch({ writer, slow, key: keyFor(parts.secret, 'search') }),
    report: createReports(slow, parts.now),
    exportUser: createExports({ writer, slow, files }),
    tags: (caller: Caller): Promise<TagCount[]> => slow.read('tags', caller),
    stats: (caller: Caller, id: string): Promise<Stats> => slow.read('stats', caller, id),
    live,
    limits,
    attachments: createAttachments({ writer, readings, files, config, receive, newId: randomUUIDv7 }),
    avatars: createAvatars({ writer, readings, files, receive }),
    /** At the start, before anybody uploads. */
    startUpkeep: () => startUpkeep({ ...parts, duties: store.duties, writer, readings }),
    messages: createMessages(writer, randomUUIDv7, config.keepAddress, streams.textOf),
    marks: createMarks(writer, live.delivered.of),
    conversations: createConversations(writer, config.keepAddress),
    participants: createParticipants(writer),
    bots: createBots(store.questions, writer, seal),
    turns: asking.turns,
    replies: asking.replies,
    webhooks: createWebhooks({ ...following, outside: () => outside, newId: randomUUIDv7 }),
    outbox: createOutbox({ ...following, store, config }),
    links: createLinksByMail({
      store,
      readings: people.readings,
      writer,
      outside: () => outside,
      publicUrl: config.publicUrl,
      onError: parts.onError,
      now: parts.now,
    }),
    pushes: createPushes(noticing, writer),
    pushKeys: keysOfPush,
    notices: createNotices({
      store,
      writer,
      isSeen: live.inboxes.show,
      readings: noticing,
      outbox: following.readings,
      unsubscribing: unsubscribeTokens(keyFor(parts.secret, 'unsubscribe')),
      isAway: (user) => presence.stateOf(user) === 'offline',
      config,
      now: parts.now,
    }),
    /** The doors to the outside are there from now on; null: no longer. */
    openTo: (doors: Outside | null): void => {
      outside = doors ?? NOBODY;
    },
    /** Puts a user into the rooms that the host's token names. */
    joinRooms: async (caller: Caller, rooms: readonly string[]): Promise<void> => {
      if (caller.kind === 'user') await claimRooms(caller, rooms);
    },
    snoozes,
    settings,
    cannedReplies: createCannedReplies(store.questions, writer),
    audit: createAudit(store.questions, rows),
    widgetConfig: createWidgetConfig({
      db: store.questions,
      settings,
      limits,
      team: live.presence.team,
      pushKey: keysOfPush.publicKey,
      now: parts.now,
    }),
    serverState: createServerState({ ...parts, writer, filesBytes: readings.files.bytes }),
    /** Why nothing can be written right now; null when all is well. */
    trouble: (): string | null => store.trouble,
    /** Why no file can be kept or read right now, while all else can; null when all is well. */
    filesTrouble: (): string | null => files.trouble,
    /** Messages that were kept since the start, for the metrics; the system's are not counted. */
    messagesMade: (): number => messagesMade,
  };
}

function isMessage({ event }: ThreadEvent): boolean {
  return event.type === 'message.created' && event.message.kind !== 'system';
}

/** What clients are told to obey. */
function limitsOf(config: Config): Limits {
  const { maxLength, maxFrame, maxFile, maxFiles, fileTypes, editWindowMs } = config;
  return { maxLength, maxFrame, maxFile, maxFiles, fileTypes, editWindowMs };
}
