/** What carries what servers say to each other, where PostgreSQL's notices are not to. */

export interface Carrier {
  /** Whether what is sent may get there now. */
  readonly isThere: boolean;
  /** To every other server, in this order; what is sent while it is not there is lost. */
  send(payloads: readonly string[]): void;
  close(): Promise<void>;
}

export interface Ears {
  /** Takes what others sent. */
  onSaid: (payload: string) => void;
  /** It is there again: what was said meanwhile never came. */
  onBack: () => void;
  onError: (error: unknown) => void;
}
