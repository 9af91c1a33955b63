/** What the test uses of a package without types. */
declare module 'oidc-provider' {
  import type { IncomingMessage, ServerResponse } from 'node:http';

  type Context = { oidc: { client?: { clientId: string }; session?: { accountId?: string } } };

  export default class Provider {
    constructor(
      issuer: string,
      options: Record<string, unknown> & {
        interactions: { url(context: Context, interaction: { uid: string }): string };
        findAccount(context: Context, accountId: string): object;
        loadExistingGrant(context: Context): Promise<unknown>;
      },
    );
    readonly Grant: new (of: {
      clientId: string;
      accountId: string;
    }) => {
      addOIDCScope(scope: string): void;
      save(): Promise<string>;
    };
    callback(): (request: IncomingMessage, response: ServerResponse) => void;
    interactionFinished(request: IncomingMessage, response: ServerResponse, result: object): Promise<void>;
  }
}
