/** What the parts that are loaded when needed may use of their panel. */
import type { Message } from '../../protocol/message.ts';
import type { Ctx } from './context.ts';
import type { Late } from './late.ts';
import type { Panel } from './panel.ts';

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
