/** How much is measured. */

export interface Size {
  name: 'full' | 'quick' | 'tiny';
  /** Times that everything is measured, in turn with what it is compared with. */
  rounds: number;
  /** Of each load: what counts, in seconds, and what does not yet. */
  seconds: number;
  warmSeconds: number;
  /** Sockets that send at the same time. */
  senders: readonly number[];
  /** Sends under way on each. */
  windows: readonly number[];
  /** Sockets that send through several servers on one database, and sends under way on each. */
  sharedSenders: number;
  sharedWindow: number;
  /** Sockets in a room. */
  hearers: readonly number[];
  roomWindows: readonly number[];
  /** Sockets that sit idle. */
  idle: number;
  /** Messages in the file that is read from. */
  messages: readonly number[];
  /** Requests of a kind in a round. */
  requests: number;
  /** Sockets that sends at a steady rate are spread over. */
  steadySockets: number;
  /** Bots that write at the same time; and the sends a second of people beside them, over so many sockets. */
  streams: number;
  humanRate: number;
  /** Of that: as `seconds` and `warmSeconds`. Longer, for both: of few sends a second few are among the slowest, and a
   * server that was started a moment ago is still being compiled. */
  humanSeconds: number;
  humanWarmSeconds: number;
  humanSockets: number;
  /** Events that wait for a webhook, and the conversations that they are spread over. */
  events: number;
  eventConversations: number;
  /** Bytes of a file that goes up and down. */
  file: number;
  /** Bytes of the database that is backed up. */
  backedUp: number;
  /** Messages that are brought in from another chat's files. */
  imported: number;
}

const full: Size = {
  name: 'full',
  rounds: 5,
  seconds: 1.5,
  warmSeconds: 0.5,
  senders: [1, 50, 500],
  windows: [1, 32],
  sharedSenders: 100,
  sharedWindow: 8,
  hearers: [100, 1000],
  roomWindows: [1, 8],
  idle: 5000,
  messages: [1_000, 100_000, 2_000_000],
  requests: 200,
  steadySockets: 500,
  streams: 200,
  humanRate: 200,
  humanSeconds: 10,
  humanWarmSeconds: 5,
  humanSockets: 50,
  events: 20_000,
  eventConversations: 500,
  file: 100 * 1024 ** 2,
  backedUp: 500 * 1024 ** 2,
  imported: 300_000,
};

/** Says in about a minute whether something has become much slower. */
const quick: Size = {
  ...full,
  name: 'quick',
  rounds: 1,
  seconds: 0.8,
  warmSeconds: 0.4,
  humanSeconds: 5,
  humanWarmSeconds: 3,
  messages: [1_000, 10_000, 100_000],
  requests: 100,
  events: 10_000,
  backedUp: 100 * 1024 ** 2,
  imported: 50_000,
};

/** Shows that everything can be measured; the figures say nothing. */
const tiny: Size = {
  name: 'tiny',
  rounds: 1,
  seconds: 0.1,
  warmSeconds: 0.02,
  senders: [1, 4],
  windows: [1, 8],
  sharedSenders: 4,
  sharedWindow: 2,
  hearers: [3],
  roomWindows: [1, 2],
  idle: 20,
  messages: [1_000],
  requests: 5,
  steadySockets: 4,
  streams: 3,
  humanRate: 50,
  humanSeconds: 0.1,
  humanWarmSeconds: 0.02,
  humanSockets: 4,
  events: 60,
  eventConversations: 5,
  file: 1024 ** 2,
  backedUp: 1024 ** 2,
  imported: 200,
};

export const sizes = { full, quick, tiny } as const;
