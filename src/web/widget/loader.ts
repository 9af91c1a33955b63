/**
 * The script line: shows the button, takes `Parley(…)` calls, and loads the chat when somebody comes near it. A server
 * that cannot be reached leaves the page as it was.
 */
import type { WidgetConfig } from '../../protocol/widget-config.ts';
import { chat as chatIcon } from '../ui/icon-paths.ts';
import { icon } from '../ui/svg.ts';
import css from './loader.css';
import { type Boot, type Chat, MAILED, type Options } from './options.ts';

/** Where the other files of this build lie: `widget/<hash>/`. */
declare const FOLDER: string;

const TAG = 'parley-chat';

type Paint = (host: HTMLElement, accent: unknown, dark: boolean) => void;
type Call = [name: string, ...values: unknown[]];
type Parley = { (...call: Call): void; q?: ArrayLike<unknown>[]; alive?: true };

const page = window as unknown as { Parley?: Parley };
const script = (document.currentScript ?? document.querySelector('script[src$="/widget.js"]')) as HTMLScriptElement;

/** `data-…` of the script as options. */
function fromAttributes({
  accent,
  theme,
  position,
  radius,
  language,
  launcher,
  name,
  queue,
  sound,
}: DOMStringMap): Options {
  const given = { accent, theme, position, language, launcher, name, queue };
  return {
    ...(given as Options),
    ...(radius ? { radius: Number(radius) } : {}),
    ...(sound ? { sound: sound === 'on' } : {}),
  };
}

function start(): void {
  const url = new URL(script.src).origin;
  const attributes = fromAttributes(script.dataset);
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const dressed = new Set<HTMLElement>();
  const calls: Call[] = [];
  let set: Options = {};
  let config: WidgetConfig | undefined;
  let chat: Chat | undefined;
  let loading: Promise<Chat | undefined> | undefined;
  let painter: Paint | undefined;
  let floating: Boot['floating'] | undefined;
  let over = false;
  let failures = 0;

  const options = (): Options => {
    const all: Options = { ...(config?.look as Options | undefined) };
    for (const from of [attributes, set]) {
      for (const [name, value] of Object.entries(from)) if (value !== undefined) Object.assign(all, { [name]: value });
    }
    return all;
  };

  function dressOne(host: HTMLElement): void {
    const { accent, theme, radius, position } = options();
    const isDark = theme === 'dark' || (theme !== 'light' && dark.matches);
    host.dataset.theme = isDark ? 'dark' : 'light';
    host.dataset.side = position === 'left' ? 'left' : 'right';
    painter?.(host, accent, isDark);
    host.style.setProperty('--radius', `${radius ?? 20}px`);
  }
  const dressAll = () => dressed.forEach(dressOne);
  const dress: Boot['dress'] = (host) => {
    dressed.add(host);
    dressOne(host);
    return () => dressed.delete(host);
  };
  dark.addEventListener('change', dressAll);

  /** The button, once it is known that there is a chat: until then nothing holds the page up. */
  function make(sheet: CSSStyleSheet): Boot['floating'] {
    const host = document.createElement(TAG);
    host.dataset.floating = '';
    const root = host.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = [sheet];
    const button = document.createElement('button');
    button.className = 'launcher';
    button.type = 'button';
    button.ariaLabel = 'Chat';
    button.ariaExpanded = 'false';
    // While the chat is still on its way an impatient second click asks for the same.
    button.onclick = () => call(chat ? 'toggle' : 'open');
    // A task of its own.
    button.onpointerenter = button.onfocus = () => void setTimeout(load);
    root.append(button);
    return {
      host,
      root,
      button,
      draw: (path = options().icon || chatIcon) => button.replaceChildren(icon(path, 28)),
    };
  }

  /** The settings, asked for once; undefined: there is no chat here now. */
  async function configured(): Promise<WidgetConfig | undefined> {
    try {
      const answer = await fetch(`${url}/v1/widget/config`);
      if (answer.ok) return await answer.json();
      const { message } = await answer.json();
      // biome-ignore lint/suspicious/noConsole: for the page's developer, who forgot a setting of the server
      if (answer.status === 403) console.warn(`Parley: ${message} (${location.origin})`);
    } catch {
      // The page goes on without it.
    }
    return undefined;
  }
  const ready = configured();

  /** What could not be loaded has another address with the next try: browsers keep a failure. */
  const file = (name: string) => import(`${url}/${FOLDER}${name}${failures ? `?${failures}` : ''}`);

  /** The accent rule, for any other accent than the default: of that one the styles have its colours. */
  async function rule(): Promise<void> {
    if (!options().accent) return;
    painter ??= (await file('paint.js')).paint;
    dressAll();
  }

  function load(): Promise<Chat | undefined> {
    loading ??= (async () => {
      config ??= await ready;
      if (!config || !floating || over) return undefined;
      const [{ start }] = await Promise.all([file('chat.js'), rule()]);
      if (over) return undefined;
      chat = (await start({ url, config, options, dress, icon, floating })) as Chat;
      // A task of their own: a slow phone is not held up.
      setTimeout(() => {
        for (const one of calls.splice(0)) chat?.call(...one);
      });
      return chat;
    })().catch(() => {
      // Tried again with the next click.
      failures++;
      loading = undefined;
      return undefined;
    });
    return loading;
  }

  function call(...[name, ...values]: Call): void {
    if (name === 'set') {
      set = { ...set, ...(values[0] as Options) };
      dressAll();
      void rule().catch(() => {});
      if (!chat) show();
    }
    if (name === 'destroy') destroy();
    else if (chat && calls.length === 0) chat.call(name, ...values);
    else {
      calls.push([name, ...values]);
      if (!chat && /^(open|toggle|send|identify|logout)$/.test(name)) void load();
    }
  }

  function show(): void {
    if (!floating) return;
    const { host, button, draw } = floating;
    button.hidden = options().launcher === 'hidden';
    draw();
    // Beside the body: what a page puts in its body's place leaves the chat where it is.
    if (!host.isConnected) document.documentElement.append(host);
  }

  function destroy(): void {
    over = true;
    chat?.destroy();
    dark.removeEventListener('change', dressAll);
    floating?.host.remove();
    delete page.Parley;
  }

  const parley: Parley = (...one) => call(...one);
  parley.alive = true;
  for (const early of page.Parley?.q ?? []) calls.push(Array.from(early) as Call);
  page.Parley = parley;

  const early = calls.splice(0);
  void ready.then(async (given) => {
    config = given;
    if (!config || over) return;
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    floating = make(sheet);
    await rule().catch(() => {});
    if (over) return;
    dress(floating.host);
    show();
    define({ load, dress, sheet });
    for (const one of early) call(...one);
    if (MAILED.test(location.hash)) void load();
    try {
      // Somebody who has written before hears the answer without opening.
      const idle = window.requestIdleCallback ?? setTimeout;
      if (Object.keys(localStorage).some((key) => key.startsWith('parley.widget.'))) idle(() => void load());
    } catch {
      // No storage, nobody to come back.
    }
  });
}

/** What an element in the page needs of the widget that is there now. */
type Current = { load(): Promise<Chat | undefined>; dress: Boot['dress']; sheet: CSSStyleSheet };

/**
 * `<parley-chat>` anywhere in the page: a conversation in its place. An element cannot be undefined, so it outlives
 * `destroy` and asks the widget that is there now.
 */
function define(current: Current): void {
  const known = customElements.get(TAG) as { current?: Current } | undefined;
  if (known) {
    known.current = current;
    return;
  }
  class ParleyChat extends HTMLElement {
    static current = current;
    end: (() => void) | undefined;

    async connectedCallback(): Promise<void> {
      const { current } = ParleyChat;
      if (this.end || this.dataset.floating !== undefined) return;
      const shadow = this.shadowRoot ?? this.attachShadow({ mode: 'open' });
      shadow.adoptedStyleSheets = [current.sheet];
      const undress = current.dress(this);
      this.end = undress;
      const chat = await current.load();
      if (this.end !== undress) return;
      const unmount = await chat?.inline(this, shadow).catch(() => undefined);
      // Taken out of the page meanwhile.
      if (this.end !== undress) unmount?.();
      else {
        this.end = () => {
          unmount?.();
          undress();
        };
      }
    }

    disconnectedCallback(): void {
      // Moved within the page it comes back at once.
      queueMicrotask(() => {
        if (this.isConnected) return;
        this.end?.();
        this.end = undefined;
      });
    }
  }
  customElements.define(TAG, ParleyChat);
}

if (!page.Parley?.alive) start();
