/** What the page's developer and the team's settings may decide of the widget. */
import type { WidgetConfig } from '../../protocol/widget-config.ts';
import type { icon } from '../ui/svg.ts';

/** The address of a page to which a mail leads back. */
export const MAILED = /^#link=.+&conversation=/;

/** A question of the form before the first message. */
export type FormField = {
  /** `name`, `email`, or a field of the team's own, kept with the user under this name. */
  name: string;
  label?: string;
  type?: 'text' | 'email' | 'tel';
  required?: boolean;
  placeholder?: string;
};

export type FormOptions = {
  title?: string;
  text?: string;
  fields: FormField[];
  /** What has to be agreed to, with a link behind it. Never ticked beforehand. */
  consent?: string;
  privacyUrl?: string;
};

/** Each from `Parley('set', …)`, else from a data attribute of the script, else from the team's settings (`look`). */
export type Options = {
  /** The team's name: the header, and the name of the panel. */
  name?: string;
  /** `#rgb` or `#rrggbb`. */
  accent?: string;
  theme?: 'auto' | 'light' | 'dark';
  position?: 'right' | 'left';
  /** Of the panel, in pixels. */
  radius?: number;
  /** A BCP 47 tag. Default: the page's own. */
  language?: string;
  /** `hidden`: the page opens the chat by its own button. */
  launcher?: 'shown' | 'hidden';
  /** The launcher's icon: the `d` of a path on a grid of 20. */
  icon?: string;
  /** Faces of the first visit. */
  people?: { name: string; avatar?: string }[];
  /** Rows of the first visit that send their text. */
  starters?: string[];
  form?: FormOptions;
  /** Which queue a new conversation waits in. */
  queue?: 'agent' | 'peer';
  sound?: boolean;
  /** Words in place of the widget's own, by their key. */
  texts?: Record<string, string>;
};

/** `{externalId, exp, hmac}` or `{token}`, signed by the page's server. */
export type Identity = { externalId: string; exp: number; hmac: string } | { token: string };

/** What the loader hands to the chat. */
export type Boot = {
  /** Where the server is. */
  url: string;
  config: WidgetConfig;
  /** As they are now; `changed` tells when `set` was called. */
  options(): Options;
  /** Sets theme and accent on an element, and again whenever they change. Gives what ends it. */
  dress(host: HTMLElement): () => void;
  /** The button's element and shadow root; null where the page wants none. */
  floating: {
    host: HTMLElement;
    root: ShadowRoot;
    button: HTMLButtonElement;
    /** Draws an icon on the button; its own, where none is given. */
    draw(path?: string): void;
  };
  /** Draws an icon. */
  icon: typeof icon;
};

/** What the chat gives to the loader. */
export type Chat = {
  /** One call of `Parley(name, …)`. */
  call(name: string, ...values: unknown[]): void;
  /** Shows a conversation inside an element of the page. Gives what ends it. */
  inline(host: HTMLElement, root: ShadowRoot): Promise<() => void>;
  destroy(): void;
};
