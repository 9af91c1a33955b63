/** The chat itself, loaded by the loader when somebody comes near it. */
import type { Message } from '../../protocol/message.ts';
import type { Client } from '../sdk/client.ts';
import { createClient } from '../sdk/create-client.ts';
import { failed, ParleyError } from '../sdk/errors.ts';
import { defaultStorage } from '../sdk/storage.ts';
import { createTexts } from '../ui/texts.ts';
import { createTimes } from '../ui/times.ts';
import tokens from '../ui/tokens.css';
import css from './chat.css';
import type { Ctx } from './context.ts';
import { createFloating } from './floating.ts';
import { h } from './h.ts';
import { languageOf, regionalOf, wordsOf } from './language.ts';
import type { Boot, Chat, Identity, Options } from './options.ts';
import { createPanel, type Panel, type Target } from './panel.ts';
import { contextOf, createSession } from './session.ts';

const NAME = 'widget';

export async function start(boot: Boot): Promise<Chat> {
  const language = languageOf(boot.options().language);
  const words = await wordsOf(language);
  const storage = defaultStorage();
  const session = createSession(boot.url, storage, async (answer) => {
    // "Not now" is tried again, as a network that is away: what was written waits.
    const later = answer.status === 429 || answer.status >= 500;
    return later ? new ParleyError('NETWORK', `${answer.status}`) : failed(await answer.json());
  });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(tokens + css);
  const listeners = new Map<string, Set<(value: unknown) => void>>();
  const panels = new Set<Panel>();
  let client: Client | undefined;
  let present = boot.config.team === 'online';
  let over = false;

  const own = { ...boot.config.texts, ...boot.options().texts } as Record<string, unknown>;
  const ofLanguage = Object.entries(own)
    .filter(([key]) => key.startsWith(`${language.split('-')[0]}:`))
    .map(([key, text]) => [key.slice(key.indexOf(':') + 1), text]);
  const ctx: Ctx = {
    boot,
    storage,
    session,
    t: createTexts(language, ...words, own, Object.fromEntries(ofLanguage)),
    times: createTimes(regionalOf(language)),
    language,
    rtl: /^(ar|he|fa|ur)\b/.test(language),
    get client() {
      return client;
    },
    get present() {
      return present;
    },
    ensureClient,
    emit(name, value) {
      for (const listener of [...(listeners.get(name) ?? [])]) {
        try {
          listener(value);
        } catch (error) {
          reportError(error);
        }
      }
    },
    logout,
  };

  const refresh = () => {
    for (const panel of panels) panel.refresh();
    floating.refresh();
  };

  function ensureClient(): Client {
    if (client) return client;
    const userId = session.userId;
    const made = createClient({
      url: boot.url,
      getToken: session.getToken,
      name: NAME,
      storage,
      share: `parley.${NAME}.line`,
      ...(userId ? { userId } : {}),
    });
    client = made;
    for (const name of [
      'conversation',
      'removed',
      'loaded',
      'participants',
      'typing',
      'outbox',
      'user',
      'ticket',
    ] as const) {
      made.on(name, refresh);
    }
    made.on('message', ({ message, added }) => {
      refresh();
      if (added) heard(message);
    });
    made.on('state', (state) => {
      refresh();
      ctx.emit('state', state.name);
      // Signed out elsewhere, or no longer known: whoever comes next begins anew. A blocked one is told so.
      if (state.name === 'stopped' && client === made && !['BLOCKED', 'CLOSED', 'BAD_FRAMES'].includes(state.reason))
        leave();
    });
    made.on('presence', (users) => {
      for (const one of users) if (one.id === 'team') present = one.state === 'online';
      refresh();
    });
    made.connect().catch(() => {});
    made.watchPresence(['team']).catch(() => {});
    made.setPresence('online', contextOf()).catch(() => {});
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
    // The session ends on the server too, if it can be told.
    former?.http.json('POST', '/v1/auth/logout').catch(() => {});
    former?.outbox.clear();
    session.forget();
    leave();
  }

  async function identify(identity: Identity): Promise<void> {
    try {
      await session.identify(identity);
      // A visitor of the living client becomes the named user on the server, which tells the client; anybody else leaves.
      const user = client?.user;
      if (user && !user.anonymous && user.id !== session.userId) leave();
      ensureClient();
    } catch (error) {
      ctx.emit('error', error);
      // biome-ignore lint/suspicious/noConsole: for the page's developer, whose identity was refused
      console.warn(`Parley: identify was refused: ${(error as Error).message}`);
    }
  }

  const unwatch = session.watch((userId) => {
    if (userId === undefined) leave();
    else ensureClient();
  });
  const looked = () => refresh();
  document.addEventListener('visibilitychange', looked);
  addEventListener('online', looked);
  addEventListener('offline', looked);

  function dressed(root: ShadowRoot): HTMLElement {
    root.adoptedStyleSheets = [...root.adoptedStyleSheets.filter((one) => one !== sheet), sheet];
    const wrap = h('div', { class: 'root', lang: language, dir: ctx.rtl ? 'rtl' : 'ltr' });
    root.append(wrap);
    return wrap;
  }

  const wrap = dressed(boot.floating.root);
  const panel = createPanel(ctx, {
    target: { kind: 'support' },
    inline: false,
    options: () => boot.options(),
    close: () => floating.close(),
    seen: () => floating.refresh(),
  });
  panels.add(panel);
  const floating = createFloating(ctx, panel, wrap);
  // Somebody who has been here before, or has something unsent.
  if (session.userId || storage.keys().some((key) => key.startsWith(`parley.${NAME}.out.`))) ensureClient();
  else refresh();

  return {
    call(name, ...values) {
      const [value] = values;
      if (name === 'open' || name === 'close' || name === 'toggle') floating[name]();
      else if (name === 'send' && typeof value === 'string') {
        floating.open();
        panel.send(value);
      } else if (name === 'identify') void identify(value as Identity);
      else if (name === 'logout') logout();
      else if (name === 'set') refresh();
      else if (name === 'on' || name === 'off') {
        const listener = values[1] as (value: unknown) => void;
        const all = listeners.get(`${value}`) ?? new Set();
        listeners.set(`${value}`, all);
        if (name === 'on') all.add(listener);
        else all.delete(listener);
      }
    },
    inline(host, root) {
      host.dataset.inline = '';
      const own = createPanel(ctx, {
        target: targetOf(host),
        inline: true,
        options: () => ({ ...boot.options(), ...(host.dataset as Options) }),
        close: () => {},
        seen: () => {},
      });
      const wrapper = dressed(root);
      wrapper.classList.add('fills');
      wrapper.append(own.element);
      panels.add(own);
      own.show(true);
      return () => {
        panels.delete(own);
        own.destroy();
        wrapper.remove();
      };
    },
    destroy() {
      if (over) return;
      over = true;
      unwatch();
      document.removeEventListener('visibilitychange', looked);
      removeEventListener('online', looked);
      removeEventListener('offline', looked);
      floating.destroy();
      for (const one of panels) one.destroy();
      client?.close();
    },
  };
}

/** `<parley-chat room="…">`, `user="…"` (both by the host's own ids) or `conversation="…"`; none: support. */
function targetOf(host: HTMLElement): Target {
  const [room, user, id] = ['room', 'user', 'conversation'].map((name) => host.getAttribute(name));
  if (room) return { kind: 'room', externalId: room };
  if (user) return { kind: 'direct', userExternalId: user };
  return id ? { kind: 'one', id } : { kind: 'support' };
}
