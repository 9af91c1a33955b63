/** What servers on one database say to each other at once, and nobody keeps: who is typing, who is there. */

export interface Bus {
  /**
   * This server's name among them: another at every start, and whenever others may have lost what it said. Then all the
   * others went, for {@link watch}, and came again: what each has of the other is told anew.
   */
  readonly server: string;
  /** The names of the others that are alive, as far as this one knows. */
  readonly others: ReadonlySet<string>;
  /** To every other server, each subject in its order; what is said while the connection is lost is lost. `body` is JSON. */
  tell(subject: string, body: unknown): void;
  /**
   * Has `heard` called with what others say of a subject, and who said it. One listener a subject; what came before it
   * waited for it.
   */
  hear(subject: string, heard: (body: unknown, server: string) => void): void;
  /**
   * Has `changed` called when others came or went: who went is forgotten, who came is told what still holds. Those that
   * are there already come with the next turn.
   */
  watch(changed: (came: readonly string[], went: readonly string[]) => void): void;
}

/** Of a server whose store is its alone. */
export const nobodyElse: Bus = {
  server: 'alone',
  others: new Set(),
  tell: () => {},
  hear: () => {},
  watch: () => {},
};
