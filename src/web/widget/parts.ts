/** What others may use of a panel, and what the parts that are loaded when needed may. */
import type { Conversation } from '../../protocol/conversation.ts';
import type { Message } from '../../protocol/message.ts';
import type { Ctx } from './context.ts';
import type { Late } from './late.ts';
import type { Options } from './options.ts';
import type { Target } from './place.ts';

export type Panel = {
  readonly element: HTMLElement;
  /** Whom it is with, in words. */
  readonly name: string;
  readonly conversation: Conversation | undefined;
  /** Shown, and looked at. */
  show(on: boolean): void;
  focus(): void;
  /** Draws what has changed, soon. */
  refresh(): void;
  /** Sends as if it had been written here. */
  send(text: string, files?: readonly File[]): void;
  /** Another conversation, or (undefined) a new one. */
  choose(id: string | undefined): void;
  /** Somebody else writes from here on: nothing of the former is left. */
  reset(): void;
  /** Lets go of menu, edit or emoji; false: there was none. */
  escape(): boolean;
  readonly parts: PanelParts;
  destroy(): void;
};

export type PanelOptions = {
  target: Target;
  inline: boolean;
  options(): Options;
  /** What it is called where its name may be another's too. */
  label(name: string): string;
  close(): void;
  seen(): void;
  /** Whether its end lies beyond the screen. */
  isOff?(): boolean;
};

/** What is written goes there in place of being sent, until `undefined`; `strip` stands above the composer meanwhile. */
export type Instead = { strip: HTMLElement; submit(text: string): void; end(): void };

export type PanelParts = {
  readonly ctx: Ctx;
  readonly late: Late;
  readonly panel: Panel;
  readonly root: HTMLElement;
  readonly field: HTMLTextAreaElement;
  fill(text: string): void;
  /** Says something once to who listens. */
  announce(text: string): void;
  instead(other: Instead | undefined): void;
  /** Begins to edit a message of one's own. */
  edit(message: Message): void;
  /** Shows something in place of the log and composer, until `undefined`. */
  cover(node: HTMLElement | undefined): void;
  /** What stands at the end of the log, by its name. */
  card(name: string, node: HTMLElement | undefined): void;
  /** What Escape ends first. */
  popup(close: (() => void) | undefined): void;
  focusRow(key: string): void;
};
