import type { Client } from '../sdk/client.ts';
import type { Storage } from '../sdk/storage.ts';
import type { Translate } from '../ui/texts.ts';
import type { Times } from '../ui/times.ts';
import type { Boot } from './options.ts';
import type { Session } from './session.ts';
import type { Key } from './texts/en.ts';

/** What all parts of the chat share. */
export type Ctx = {
  readonly boot: Boot;
  readonly storage: Storage;
  readonly session: Session;
  readonly t: Translate<Key>;
  readonly times: Times;
  readonly language: string;
  readonly rtl: boolean;
  /** The living client; none before somebody has written or was named. */
  readonly client: Client | undefined;
  /** The client, made and connected when there is none. */
  ensureClient(): Client;
  /** The team's presence as last heard. */
  readonly present: boolean;
  /** Tells the page (`Parley('on', …)`). */
  emit(name: string, value: unknown): void;
  /** The sign-out of a shared computer. */
  logout(): void;
};
