/** What the server takes away by itself when its time is over. Times in ms. */

/** A visitor who never said anything and was not seen since `before` (ms). */
export interface RemoveVisitorChange {
  type: 'visitor.remove';
  user: number;
  before: number;
}

/** Rows by their keys whose time was over at `before` (ms): sessions, links, word of deleted conversations. */
export interface ExpireCredentialsChange {
  type: 'credentials.expire';
  before: number;
  sessions: number[];
  /** Browsers that were told by those sessions. */
  pushes: number[];
  links: number[];
  removals: number[];
}

export type ExpireChange = RemoveVisitorChange | ExpireCredentialsChange;
