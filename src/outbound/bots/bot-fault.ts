/** Why a bot's turn came to nothing; `again`: trying once more may help. */
export class BotFault extends Error {
  readonly again: boolean;

  constructor(message: string, options: ErrorOptions & { again?: boolean } = {}) {
    super(message, options);
    this.name = 'BotFault';
    this.again = options.again ?? false;
  }
}
