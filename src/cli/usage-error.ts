/** A command line that Parley does not understand. The message is one sentence, with what was perhaps meant. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}
