import type { Storage } from '../sdk/storage.ts';
import type { icon } from '../ui/svg.ts';
import type { Times } from '../ui/times.ts';
import type { Key } from '../ui/words/in-widget/en.ts';
import type { Catalogue, Translate } from '../ui/words/texts.ts';
import type { avatar } from './avatar.ts';
import type { h } from './h.ts';
import type { awayText, teamFaces } from './header.ts';
import type { Talk } from './light/talk.ts';
import type { Boot } from './options.ts';

/** What a form asked before the first message. */
export type Traits = { name?: string; email?: string; fields?: Record<string, string> };

/** How things are drawn: handed to the parts that are loaded later, so that it is not in each of their files. */
export type Kit = {
  h: typeof h;
  icon: typeof icon;
  avatar: typeof avatar;
  teamFaces: typeof teamFaces;
  awayText: typeof awayText;
};

/** What all parts of the chat share. */
export type Ctx = {
  readonly boot: Boot;
  readonly kit: Kit;
  readonly storage: Storage;
  readonly t: Translate<Key>;
  /** The words of parts that were loaded just now. */
  learn(words: Catalogue<string>): void;
  readonly times: Times;
  readonly language: string;
  readonly rtl: boolean;
  /** Whether somebody has been here before, or has something unsent. */
  readonly returns: boolean;
  /** The living client; none before somebody has written or was named. */
  readonly client: Talk | undefined;
  /** What is known of who will write. */
  traits: Traits;
  /** The client, made and connected when there is none. */
  ensureClient(): Talk;
  /** Whether somebody of the team is there now: within its hours, and online as last heard. */
  readonly open: boolean;
  /** Tells the page (`Parley('on', …)`). */
  emit(name: string, value: unknown): void;
  /** The sign-out of a shared computer. */
  logout(): void;
};
