// The numbers that both ends of a line know. What an operator may change has its default here and its setting in
// config.ts; what a client must obey is told to it in `welcome.limits`. Lengths of text are in code points, times in
// milliseconds unless the name says otherwise.

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const KIB = 1024;

/** The WebSocket's subprotocol: the version of everything in this folder. */
export const SUBPROTOCOL = 'parley.v1';

// -- what a line carries ------------------------------------------------------------------------------------------
/** The largest frame that a client may send. 10,000 code points escaped as `\u` pairs are 120 KiB. */
export const MAX_FRAME_BYTES = 128 * KIB;
/** The largest JSON body of an HTTP request. */
export const MAX_BODY_BYTES = 256 * KIB;
/** How deep JSON may nest, at every door; `{}` is 1 deep. */
export const MAX_JSON_DEPTH = 32;
/** How many bad frames a line may send in a minute before it is closed with BAD_FRAMES. */
export const MAX_BAD_FRAMES_PER_MINUTE = 20;
/** A socket must have said `hello` within this time. */
export const HELLO_WITHIN_MS = 10 * SECOND_MS;
/** The server pings so often; whoever misses two is gone. */
export const HEARTBEAT_MS = 25 * SECOND_MS;
/** The socket beyond a user's so many is refused with TOO_MANY_SOCKETS. */
export const MAX_SOCKETS_PER_USER = 20;

// -- credentials --------------------------------------------------------------------------------------------------
/** A token of any kind (own, the host's, a refresh token), in characters. */
export const MAX_TOKEN_LENGTH = 8 * KIB;
/** The longest life of a token that the host signs or asks for. */
export const MAX_TOKEN_LIFE_MS = 400 * DAY_MS;
/** A ticket opens attachments for so long. */
export const TICKET_LIFE_MS = HOUR_MS;
export const MIN_PASSWORD_LENGTH = 8;
export const MAX_PASSWORD_LENGTH = 200;
/** A code of an app or a recovery code, as somebody writes it. */
export const MAX_CODE_LENGTH = 32;

// -- webhooks -----------------------------------------------------------------------------------------------------
export const MAX_WEBHOOKS = 100;
/** Browsers of a user that take push messages; one more takes the place of the oldest. */
export const MAX_PUSHES = 16;

// -- messages -----------------------------------------------------------------------------------------------------
/** How long a user's message may be where neither server nor conversation says otherwise. */
export const DEFAULT_MESSAGE_LENGTH = 1000;
/** How long a message of the team or a bot may be, and the most that a conversation may allow. */
export const MAX_MESSAGE_LENGTH = 10_000;
/** What the shape of a request lets through as content: room for CRLF and blanks that normalising takes away. */
export const MAX_RAW_CONTENT_LENGTH = 40_000;
export const MAX_ATTACHMENTS = 10;
export const DEFAULT_FILE_BYTES = 10 * KIB * KIB;
/** What may be uploaded where nothing else is set: what people show each other, and nothing that runs. */
export const DEFAULT_FILE_TYPES = [
  'image/*',
  'audio/*',
  'video/*',
  'text/plain',
  'text/csv',
  'text/markdown',
  'text/calendar',
  'text/vcard',
  'application/json',
  'application/pdf',
  'application/rtf',
  'application/zip',
  'application/msword',
  'application/vnd.ms-excel',
  'application/vnd.ms-powerpoint',
  'application/vnd.oasis.opendocument.presentation',
  'application/vnd.oasis.opendocument.spreadsheet',
  'application/vnd.oasis.opendocument.text',
  'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
];
/** A file's name, in code points. */
export const MAX_FILE_NAME_LENGTH = 200;
/** A picture of oneself: bytes, and pixels a side. */
export const MAX_AVATAR_BYTES = 512 * KIB;
export const MAX_AVATAR_SIDE = 1024;
/** A file that no message has by then goes. */
export const UPLOAD_LIFE_MS = DAY_MS;
export const MAX_QUICK_REPLIES = 8;
export const MAX_QUICK_REPLY_LENGTH = 80;
export const EDIT_WINDOW_MS = 3 * HOUR_MS;

// -- bots ---------------------------------------------------------------------------------------------------------
export const BOT_HISTORY = 20;
export const MAX_BOT_HISTORY = 200;
/** From the question to the end of the answer, retries included. */
export const BOT_TIMEOUT_MS = 30 * SECOND_MS;
export const MIN_BOT_TIMEOUT_MS = 100;
export const MAX_BOT_TIMEOUT_MS = 10 * MINUTE_MS;
export const MAX_BOT_PROMPT_LENGTH = 20_000;
export const MAX_BOT_KEY_LENGTH = 500;

// -- people and conversations -------------------------------------------------------------------------------------
/** Names, titles, subjects, `sub` and every externalId: 1 to so many. */
export const MAX_LINE_LENGTH = 200;
export const MAX_EMAIL_LENGTH = 254;
export const MAX_FIELDS = 50;
export const MAX_FIELD_LENGTH = 1000;
export const MAX_TAGS = 20;
export const MAX_TAG_LENGTH = 50;
/** What a customer says with a rating. */
export const MAX_COMMENT_LENGTH = 1000;
/** A context, all of it as JSON. */
export const MAX_CONTEXT_BYTES = 2 * KIB;
export const MAX_URL_LENGTH = 2048;
/** How much of a conversation's newest message its `last` shows. */
export const LAST_TEXT_LENGTH = 120;
/** People that one request may put into a room. */
export const MAX_NEW_PARTICIPANTS = 1000;
/** In a room of more, neither marks nor viewers are told, and `sync` brings changed participants only. */
export const SMALL_ROOM = 50;

// -- what admins set up -------------------------------------------------------------------------------------------
/** Those whom customers may choose. */
export const MAX_OFFERED = 50;
export const MAX_RETENTION_DAYS = 36_500;
/** Stretches of the week in which the team answers. */
export const MAX_OPENINGS = 70;
export const MAX_HOLIDAYS = 200;
export const MAX_AWAY_LENGTH = 1000;
export const MAX_SHORTCUT_LENGTH = 50;
/** The names of looks and of texts. */
export const MAX_SETTING_NAME_LENGTH = 100;
export const MAX_LOOKS = 100;
/** All looks, and all texts, as JSON: every page with a chat on it loads them. */
export const MAX_LOOK_BYTES = 32 * KIB;
export const MAX_TEXTS = 300;
export const MAX_TEXT_LENGTH = 2000;
export const MAX_TEXTS_BYTES = 64 * KIB;

// -- pages and catching up ----------------------------------------------------------------------------------------
export const DEFAULT_PAGE = 50;
export const MAX_PAGE = 200;
/** A page of history, sync, changes or synced; one row comes whatever its size. */
export const MAX_PAGE_BYTES = 256 * KIB;
export const SYNC_PAGE = 200;
/** A `sync` over more changes than these answers `reset`. */
export const MAX_SYNC_CHANGES = 2000;
/** The messages that a `reset` of `sync` brings. */
export const SYNC_RESET_MESSAGES = 50;
export const CHANGES_PAGE = 100;
/** `changes` over more conversations than these answers `reset`. */
export const MAX_CHANGED_CONVERSATIONS = 1000;
/** The conversations that a `reset` of `changes` brings. */
export const CHANGES_RESET_CONVERSATIONS = 20;
/** A cursor older than this answers `reset`. */
export const MAX_CURSOR_AGE_MS = 30 * DAY_MS;
export const MAX_CURSOR_LENGTH = KIB;
/** The conversations of which `hello` may say what it holds. */
export const MAX_HELD_CONVERSATIONS = 50;
/** The longest that `GET /v1/changes` waits for a change. */
export const MAX_LONG_POLL_SECONDS = 25;
/** The conversations that `GET /v1/unread` names. */
export const MAX_UNREAD_CONVERSATIONS = 200;

// -- search and statistics ----------------------------------------------------------------------------------------
/** What may be searched for, in characters; of it so many words count. */
export const MAX_SEARCH_LENGTH = 500;
export const MAX_SEARCH_WORDS = 32;
/** A shorter beginning of a word (`a*`) is looked for as a word. */
export const MIN_PREFIX_LENGTH = 2;
/** The places that are marked in a message that was found. */
export const MAX_MARKS = 100;
/** A ranked search puts the newest so many of what it finds in order. */
export const MAX_RANKED = 1000;
/** The longest period of a report, in days; by hour. */
export const MAX_REPORT_DAYS = 366;
export const MAX_REPORT_HOURS_DAYS = 31;
/** The people whom a conversation's statistics name, most messages first. */
export const MAX_COUNTED_PARTICIPANTS = 200;

// -- typing and presence ------------------------------------------------------------------------------------------
/** A typing that is not said again ends after this. */
export const TYPING_LIFE_MS = 6 * SECOND_MS;
/** Who loses their last line stays online for so long, so that a reload does not flicker. */
export const PRESENCE_GRACE_MS = 10 * SECOND_MS;
/** The users whose presence a line may watch. */
export const MAX_WATCHED_USERS = 200;
/** `inbox.counts` comes no more often than this. */
export const COUNTS_EVERY_MS = SECOND_MS;
