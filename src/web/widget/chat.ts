/** The chat itself, loaded by the loader when somebody comes near it. */
import type { Message } from '../../protocol/message.ts';
import { defaultStorage } from '../sdk/storage.ts';
import { createTimes } from '../ui/times.ts';
import { en } from '../ui/words/in-widget/en.ts';
import { type Catalogue, createTexts } from '../ui/words/texts.ts';
import { avatar } from './avatar.ts';
import { connect } from './connect.ts';
import type { Ctx } from './context.ts';
import { createFloating } from './floating.ts';
import { h } from './h.ts';
import { awayText, teamFaces } from './header.ts';
import { drawIconsBy, icon } from './icon.ts';
import { languageOf, regionalOf, wordsOf } from './language.ts';
import { createLate } from './late.ts';
import type { Talk } from './light/talk.ts';
import { load } from './load.ts';
import { type Boot, type Chat, type Identity, MAILED } from './options.ts';
import { createPanel } from './panel.ts';
import type { Panel } from './parts.ts';
import { pause } from './pause.ts';
import { createSession, KEPT } from './session.ts';
import { styles } from './styles.ts';

type Listener = (value: unknown) => void;

/** What is kept that says that somebody comes back. */
const RETURNS = /^parley\.widget\.(token$|out\.)/;

export async function start(boot: Boot): Promise<Chat> {
  drawIconsBy(boot.icon);
  await pause();
  const language = languageOf(boot.options().language);
  const words = await wordsOf(language);
  const storage = defaultStorage();
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(styles);
  /** The page's own, by name. */
  const listeners = new Map<unknown, Set<Listener>>();
  const panels = new Set<Panel>();
  /** Its end is that of all listening to the page. */
  const listening = new AbortController();
  const { signal } = listening;
  let client: Talk | undefined;
  let present = boot.config.team === 'online';

  const texts = { ...boot.config.texts, ...boot.options().texts };
  const prefix = `${language.split('-')[0]}:`;
  const ofLanguage = Object.entries(texts)
    .filter(([key]) => key.startsWith(prefix))
    .map(([key, text]) => [key.slice(prefix.length), text]);
  const over = [words, texts, Object.fromEntries(ofLanguage)];
  const known: Catalogue<string> = { ...en };
  let translate = createTexts(language, known, ...over);
  const ctx: Ctx = {
    boot,
    kit: { h, icon, avatar, teamFaces, awayText },
    storage,
    traits: {},
    t: (key, values) => translate(key, values),
    learn(more) {
      translate = createTexts(language, Object.assign(known, more), ...over);
    },
    times: createTimes(regionalOf(language)),
    language,
    rtl: /^(ar|he|fa|ur)\b/.test(language),
    get returns() {
      return storage.keys().some((key) => RETURNS.test(key));
    },
    get client() {
      return client;
    },
    get open() {
      return boot.config.open && present;
    },
    ensureClient,
    emit(name, value) {
      // The page's own mistakes are told where its mistakes are told, and stop nothing here.
      for (const listener of listeners.get(name) ?? []) queueMicrotask(() => listener(value));
    },
    logout,
  };
  const session = createSession(boot.url, storage, () => ctx.traits);

  const refresh = () => {
    for (const panel of panels) panel.refresh();
    floating.refresh();
  };

  function ensureClient(): Talk {
    if (client) return client;
    const made = connect(boot.url, storage, session, {
      changed: refresh,
      message: heard,
      state: (name) => ctx.emit('state', name),
      signedOut() {
        if (client === made) leave();
      },
      team(online) {
        present = online;
        refresh();
      },
    });
    client = made;
    refresh();
    return made;
  }

  /** A new message of another: told to the page, to who listens, and beside the button. */
  function heard(message: Message): void {
    ctx.emit('message', message);
    if (message.author?.id === client?.user?.id || message.kind === 'system') return;
    floating.heard(message);
    for (const panel of panels) {
      if (panel.conversation?.id === message.conversationId && message.state !== 'streaming')
        panel.parts.announce(spoken(message));
    }
  }
  const spoken = ({ author, content, attachments }: Message) =>
    `${author?.name ?? ctx.t('team')}: ${content || attachments.map(({ name }) => name).join(', ')}`;

  function leave(): void {
    const former = client;
    client = undefined;
    former?.close();
    for (const panel of panels) panel.reset();
    refresh();
  }

  function logout(): void {
    const former = client;
    former?.signOut();
    session.forget();
    ctx.traits = {};
    leave();
  }

  async function identify(identity: Identity): Promise<void> {
    const named = await load('identity');
    await named.identify(ctx, session, identity, leave);
  }

  /** A mail leads back here. */
  async function followMail(): Promise<void> {
    floating.open();
    const named = await load('identity');
    const id = await named.followMail(ctx, session, leave);
    if (id) panel.choose(id);
  }

  function resume(): void {
    if (ctx.returns) ensureClient();
  }

  /** Another tab signed somebody in or out. */
  const elsewhere = ({ key, newValue }: StorageEvent) => {
    if (key !== `${KEPT}token`) return;
    if (newValue) resume();
    else leave();
  };
  const looked = () => refresh();

  function dressed(root: ShadowRoot): HTMLElement {
    root.adoptedStyleSheets = [...root.adoptedStyleSheets.filter((one) => one !== sheet), sheet];
    const wrap = h('div', { class: 'root', lang: language, dir: ctx.rtl ? 'rtl' : 'ltr' });
    root.append(wrap);
    return wrap;
  }

  const wrap = dressed(boot.floating.root);
  const late = createLate(ctx, boot.floating.root, () => refresh());
  const panel = createPanel(ctx, late, {
    target: { kind: 'support' },
    inline: false,
    options: () => boot.options(),
    label: (name) => name,
    close: () => floating.close(),
    seen: () => floating.refresh(),
  });
  panels.add(panel);
  await pause();
  // What words a time takes long to make: not with the first message that is drawn.
  ctx.times.time(new Date());
  await pause();
  const floating = createFloating(ctx, late, panel, wrap, signal);
  document.addEventListener('visibilitychange', looked, { signal });
  for (const name of ['online', 'offline']) addEventListener(name, looked, { signal });
  addEventListener('storage', elsewhere, { signal });
  resume();
  if (MAILED.test(location.hash)) followMail().catch(() => {});
  refresh();

  return {
    call(name, ...values) {
      const [value] = values;
      if (name === 'open' || name === 'close' || name === 'toggle') floating[name]();
      else if (name === 'send' && typeof value === 'string') {
        floating.open();
        panel.send(value);
      } else if (name === 'identify') identify(value as Identity).catch((error) => ctx.emit('error', error));
      else if (name === 'logout') logout();
      else if (name === 'set') {
        floating.look();
        refresh();
      } else if (name === 'on' || name === 'off') {
        const own = listeners.get(value) ?? new Set();
        listeners.set(value, own);
        if (name === 'on') own.add(values[1] as Listener);
        else own.delete(values[1] as Listener);
      }
    },
    async inline(host, root) {
      const [{ mount }, { adopt }] = await Promise.all([load('inline'), load('dress')]);
      return mount(ctx, host, panels, (target, options) => {
        const wrapper = dressed(root);
        adopt(root);
        wrapper.classList.add('fills');
        const own = createPanel(ctx, createLate(ctx, root, refresh), { ...options, target, inline: true });
        wrapper.append(own.element);
        return { own, wrapper };
      });
    },
    destroy() {
      if (signal.aborted) return;
      listening.abort();
      floating.destroy();
      for (const one of panels) one.destroy();
      client?.close();
    },
  };
}
