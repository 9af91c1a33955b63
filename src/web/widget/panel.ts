/** One conversation on the screen: header, log, composer, and what stands between them. */
import type { Conversation } from '../../protocol/conversation.ts';
import type { Message } from '../../protocol/message.ts';
import type { OutboxItem } from '../sdk/outbox-item.ts';
import {
  clock,
  close as closeIcon,
  fwd,
  more,
  offline as offlineIcon,
  stop as stopIcon,
  users,
} from '../ui/icon-paths.ts';
import { firstName } from '../ui/person.ts';
import { icon } from '../ui/svg.ts';
import { avatar } from './avatar.ts';
import { createComposer } from './composer.ts';
import type { Ctx } from './context.ts';
import { h } from './h.ts';
import { awayText, headerParts, teamFaces } from './header.ts';
import { createLog, type LogRow } from './log.ts';
import { type Handling, messageNode } from './message.ts';
import type { Options } from './options.ts';
import { type Row, rowsOf } from './rows.ts';
import { statusOfItem, statusOfMessage } from './status.ts';

/** Which conversation it is about. */
export type Target =
  | { kind: 'support' }
  | { kind: 'room'; externalId: string }
  | { kind: 'direct'; userExternalId: string }
  | { kind: 'one'; id: string };

export type Panel = {
  readonly element: HTMLElement;
  readonly conversation: Conversation | undefined;
  /** Shown, and looked at. */
  show(on: boolean): void;
  focus(): void;
  /** Draws what has changed, soon. */
  refresh(): void;
  /** Sends as if it had been written here. */
  send(text: string, files?: File[]): void;
  /** Another conversation, or (undefined) a new one. */
  choose(id: string | undefined): void;
  /** Somebody else writes from here on: nothing of the former is left. */
  reset(): void;
  /** Lets go of menu, edit or emoji; false: there was none. */
  escape(): boolean;
  readonly parts: PanelParts;
  destroy(): void;
};

/** What the parts that are loaded when needed may use. */
export type PanelParts = {
  readonly ctx: Ctx;
  readonly panel: Panel;
  readonly root: HTMLElement;
  readonly field: HTMLTextAreaElement;
  fill(text: string): void;
  /** Says something once to who listens. */
  announce(text: string): void;
  /** Begins to edit a message of one's own. */
  edit(message: Message | undefined): void;
  /** Shows something in place of the log and composer, until `undefined`. */
  cover(node: HTMLElement | undefined): void;
  /** What stands at the end of the log, by its name. */
  card(name: string, node: HTMLElement | undefined): void;
  /** What Escape ends first. */
  popup(close: (() => void) | undefined): void;
  focusRow(key: string): void;
};

/** Times in a row that nothing has changed enough to be drawn sooner, ms: streamed text. */
const SLOWEST_MS = 50;
const RECONNECTING_MS = 2000;

export function createPanel(
  ctx: Ctx,
  options: { target: Target; inline: boolean; options(): Options; close(): void; seen(): void },
): Panel {
  const { t, times, boot } = ctx;
  const { target, inline } = options;
  let shown = false;
  let chosen: string | undefined = target.kind === 'one' ? target.id : undefined;
  let fresh = false;
  let openId: string | undefined;
  let unreadFrom: number | undefined;
  let landing = false;
  let editing: Message | undefined;
  let popup: (() => void) | undefined;
  let cover: HTMLElement | undefined;
  let scheduled = false;
  let lostAt: number | undefined;
  let formAsked = false;
  let dead = false;
  const files = new Map<string, readonly File[]>();
  const cards = new Map<string, HTMLElement>();

  const say = h('div', { class: 'sr', role: 'status', 'aria-live': 'polite' });
  const head = h('span', { class: 'head' });
  const menuButton = h(
    'button',
    {
      type: 'button',
      class: 'tool',
      'aria-label': t('menu'),
      'aria-haspopup': 'menu',
      'aria-expanded': 'false',
      onclick: () => void menu(),
    },
    icon(more),
  );
  const peopleButton = h(
    'button',
    { type: 'button', class: 'tool', 'aria-label': t('people', { count: 2 }), onclick: () => void people() },
    icon(users),
  );
  const shut = h(
    'button',
    { type: 'button', class: 'tool shut', 'aria-label': t('close'), onclick: options.close },
    icon(closeIcon),
  );
  const header = h('div', { class: 'header' }, head, h('span', { class: 'bar' }, peopleButton, menuButton), shut);
  const banner = h('div', { class: 'banner', role: 'status', hidden: true });
  const welcome = h('div', { class: 'welcome' });
  const strip = h('div', { class: 'strip', hidden: true });
  const log = createLog(ctx, { older, moved });
  const composer = createComposer(ctx, {
    send: compose,
    changed: drafted,
    editLast,
    emoji: (button) => void emoji(button),
  });
  const section = h(
    'section',
    { class: 'panel', role: inline ? 'region' : 'dialog', 'aria-label': t('team') },
    header,
    banner,
    welcome,
    log.element,
    strip,
    composer.element,
    say,
  );
  const element = h('div', { class: inline ? 'inline' : 'floating' }, section);
  if (inline) shut.remove();

  // ---- which conversation --------------------------------------------------------------------------------------
  function conversation(): Conversation | undefined {
    const { client } = ctx;
    if (!client || fresh) return undefined;
    if (chosen) return client.conversations.get(chosen);
    return target.kind === 'support' ? client.conversations.list().find(({ kind }) => kind === 'support') : undefined;
  }

  /** A room or direct conversation is found, or made, once somebody is known. */
  async function resolve(): Promise<void> {
    const { client } = ctx;
    if (!client || chosen || target.kind === 'support' || target.kind === 'one') return;
    try {
      if (target.kind === 'direct') {
        chosen = (await client.createConversation({ kind: 'direct', userExternalId: target.userExternalId })).id;
      } else {
        const { items } = await client.conversations.load({ kind: 'room', externalId: target.externalId });
        chosen = items[0]?.id;
      }
      refresh();
    } catch {
      // With the next line.
    }
  }

  function follow(): void {
    const { client } = ctx;
    const id = shown ? conversation()?.id : undefined;
    if (!client || id === openId) return;
    if (openId) client.view(openId, false);
    openId = id;
    log.clear();
    cards.clear();
    if (!id) return;
    const { my, seq } = client.conversations.get(id) ?? {};
    unreadFrom = my?.unread ? my.readSeq + 1 : undefined;
    landing = unreadFrom !== undefined && (seq ?? 0) > 0;
    client.view(id, true);
    client.conversations.open(id).then(refresh, () => {});
    const draft = ctx.storage.get(draftKey());
    if (draft && !composer.field.value) composer.fill(draft);
  }

  function older(): void {
    if (!openId || !ctx.client?.conversations.hasOlder(openId)) return;
    ctx.client.conversations.older(openId).then(refresh, () => {});
  }

  function moved(): void {
    const { client } = ctx;
    if (!client || !openId || !shown || document.visibilityState !== 'visible') return;
    const seq = log.seen();
    if (seq) client.read(openId, seq);
    options.seen();
  }

  // ---- writing -------------------------------------------------------------------------------------------------
  const draftKey = () => `parley.widget.draft.${conversation()?.id ?? 'new'}`;

  function drafted(text: string): void {
    const { client, storage } = ctx;
    // Before somebody has written nothing is kept.
    if (!client) return;
    try {
      if (text && !editing) storage.set(draftKey(), text);
      else storage.remove(draftKey());
    } catch {
      // Full: the draft lives as long as the page.
    }
    const id = conversation()?.id;
    if (id) client.typing(id, text !== '');
  }

  function compose(text: string, given: File[]): boolean {
    if (editing) {
      void changeText(editing, text);
      return true;
    }
    send(text, given);
    return true;
  }

  function send(text: string, given: File[] = []): void {
    const client = ctx.ensureClient();
    const { queue } = options.options();
    const id = conversation()?.id ?? (fresh ? undefined : chosen);
    const to = id ? { conversationId: id } : { to: queue ? { queue } : ('support' as const) };
    const where = fresh ? startFresh() : Promise.resolve(to);
    void where.then(
      (place) => {
        for (const file of given) {
          const sending = client.send(place, { files: [file] });
          files.set(sending.id, [file]);
          void sending.done.catch(() => {}).then(refresh);
        }
        if (text) client.send(place, text);
        refresh();
        log.toEnd();
      },
      () => {
        composer.fill(text);
        announce(t('wrong'));
      },
    );
    if (shown) unreadFrom = undefined;
  }

  /** A new conversation is made by its first message. */
  async function startFresh(): Promise<{ conversationId: string }> {
    const made = await ctx.ensureClient().createConversation({
      kind: 'support',
      ...(options.options().queue ? { queue: options.options().queue as 'agent' } : {}),
    });
    fresh = false;
    chosen = made.id;
    return { conversationId: made.id };
  }

  async function changeText(message: Message, text: string): Promise<void> {
    edit(undefined);
    if (text === message.content) return;
    try {
      await ctx.client?.edit(message.conversationId, message.id, text);
    } catch (error) {
      const { code } = error as { code?: string };
      card('problem', h('p', { class: 'problem', role: 'alert' }, t(code === 'EDIT_WINDOW' ? 'tooLate' : 'wrong')));
      // What was written is not lost.
      composer.fill(text);
    }
    refresh();
  }

  function edit(message: Message | undefined): void {
    if (editing && !message) composer.fill('');
    editing = message;
    if (message) {
      composer.fill(message.content ?? '');
      composer.field.focus();
    }
    refresh();
  }

  function editLast(): void {
    const { client } = ctx;
    const me = client?.user?.id;
    const last = openId && client?.conversations.messages(openId).findLast((one) => one.author?.id === me);
    if (last && !last.deletedAt && last.kind === 'text') edit(last);
  }

  const handling: Handling = {
    files: (id) => files.get(id) ?? [],
    act(action, id) {
      const { client } = ctx;
      if (action === 'retry') void client?.outbox.retry(id).catch(() => {});
      else client?.outbox.discard(id);
      if (action === 'another') composer.chooseFiles();
      refresh();
    },
  };

  // ---- parts that are loaded when needed -----------------------------------------------------------------------
  const parts: PanelParts = {
    ctx,
    get panel() {
      return panel;
    },
    root: section,
    field: composer.field,
    fill: composer.fill,
    announce,
    edit,
    cover(node) {
      cover?.remove();
      cover = node;
      if (node) section.insertBefore(node, composer.element);
      refresh();
    },
    card(name, node) {
      card(name, node);
      refresh();
    },
    popup(close) {
      popup = close;
    },
    focusRow: log.focusRow,
  };
  /** A part and its looks. */
  async function dressedPart<Part>(load: Promise<Part>): Promise<Part> {
    const [part, { adopt }] = await Promise.all([load, import('./extras/style.ts')]);
    const root = element.getRootNode();
    if (root instanceof ShadowRoot) adopt(root);
    return part;
  }
  const menu = async () =>
    popup ? popup() : (await dressedPart(import('./extras/menu.ts'))).openMenu(parts, menuButton);
  const people = async () => (await dressedPart(import('./extras/people.ts'))).showPeople(parts);
  const emoji = async (button: HTMLButtonElement) =>
    popup ? popup() : (await dressedPart(import('./extras/emoji.ts'))).openEmoji(parts, button);
  const hovered = async ({ target: at }: Event) => {
    const row = (at as HTMLElement).closest<HTMLElement>('.m.own:not(.waiting)');
    const message = openId && row && ctx.client?.conversations.message(openId, row.dataset.id ?? '');
    if (!message || message.deletedAt || row.querySelector('.acts')) return;
    (await dressedPart(import('./extras/actions.ts'))).addActions(parts, row, message);
  };
  log.element.addEventListener('pointerover', (event) => void hovered(event));
  log.element.addEventListener('focusin', (event) => void hovered(event));
  log.element.addEventListener('click', (event) => void hovered(event));
  section.addEventListener('dragover', (event) => {
    if (event.dataTransfer?.types.includes('Files')) event.preventDefault();
  });
  section.addEventListener('drop', (event) => {
    if (!event.dataTransfer?.files.length) return;
    event.preventDefault();
    send('', [...event.dataTransfer.files]);
  });

  function card(name: string, node: HTMLElement | undefined): void {
    if (node) cards.set(name, node);
    else cards.delete(name);
  }

  let sayTimer: ReturnType<typeof setTimeout> | undefined;
  function announce(text: string): void {
    say.textContent = text;
    clearTimeout(sayTimer);
    // Gone before somebody reads past it, and so that the same words are said again.
    sayTimer = setTimeout(() => {
      say.textContent = '';
    }, 5000);
  }

  // ---- drawing -------------------------------------------------------------------------------------------------
  function items(): OutboxItem[] {
    const id = conversation()?.id;
    return (ctx.client?.outbox.list() ?? []).filter(({ target: to }) =>
      'conversationId' in to ? to.conversationId === id : target.kind === 'support' && !fresh,
    );
  }

  function logRow(row: Row, now: Date, all: OutboxItem[], current: Conversation | undefined): LogRow {
    const { key } = row;
    if (row.type === 'day' || row.type === 'time') {
      const text = row.type === 'day' ? times.day(row.at, now) : times.time(row.at);
      return { key, signature: text, make: () => h('div', { class: 'day' }, text) };
    }
    if (row.type === 'unread') return { key, signature: '', make: () => h('div', { class: 'unread' }, t('new')) };
    if (row.type === 'system') {
      const { content, system, rev, seq } = row.message;
      const text =
        system?.code === 'joined' || system?.code === 'left'
          ? t(system.code, { name: system.user.name ?? '' })
          : (content ?? '');
      return { key, seq, signature: `${rev}`, make: () => h('div', { class: 'day event', dir: 'auto' }, text) };
    }
    const { message, item, newestOwn } = row;
    const status = item
      ? statusOfItem(
          ctx,
          item,
          all.find(({ id }) => id !== item.id),
          now.getTime(),
        )
      : newestOwn && message
        ? statusOfMessage(ctx, current, message)
        : undefined;
    const growing = message?.state === 'streaming' ? (message.content ?? '') : undefined;
    const { rev, state, deletedAt } = message ?? {};
    return {
      key,
      seq: message?.seq,
      growing,
      signature: [rev, state, deletedAt, item?.state, item?.progress, row.joined, row.last, status?.text].join('|'),
      make: () => messageNode(ctx, row, status, handling),
    };
  }

  function extraRows(current: Conversation | undefined, messages: readonly Message[]): LogRow[] {
    const extra: LogRow[] = [];
    const { client } = ctx;
    const last = messages.findLast(({ kind }) => kind !== 'system');
    for (const { user } of (openId && client?.typists(openId)) || []) {
      if (user.id === client?.user?.id) continue;
      extra.push({
        key: `typing ${user.id}`,
        signature: '',
        make: () =>
          h(
            'div',
            { class: 'm typing', role: 'img', 'aria-label': t('typing', { name: user.name ?? t('team') }) },
            avatar(boot.url, user, 30),
            h('div', { class: 'line' }, h('div', { class: 'bubble' }, h('i'), h('i'), h('i'))),
          ),
      });
    }
    if (current?.status === 'closed') {
      const { assignee, kind } = current;
      const text =
        kind !== 'support'
          ? t('closedRoom')
          : assignee?.name
            ? t('closedBy', { name: firstName(assignee.name) })
            : t('closed');
      extra.push({ key: 'closed', signature: text, make: () => h('div', { class: 'day event' }, text) });
      if (kind === 'support' && !cards.has('rating'))
        void dressedPart(import('./extras/cards.ts')).then(({ ratingCard }) => ratingCard(parts, current));
    }
    if (last?.quickReplies?.length && current?.status === 'open' && !items().length) {
      const replies = last.quickReplies;
      extra.push({
        key: 'replies',
        signature: last.id,
        make: () =>
          h(
            'div',
            { class: 'replies', role: 'group', 'aria-label': t('write') },
            ...replies.map((reply) =>
              h('button', { type: 'button', class: 'pill', dir: 'auto', onclick: () => send(reply) }, reply),
            ),
          ),
      });
    }
    let number = 0;
    for (const [name, node] of cards)
      extra.push({ key: `card ${name}`, signature: `${cardId(node)} ${number++}`, make: () => node });
    return extra;
  }
  const cardIds = new WeakMap<HTMLElement, number>();
  let cardCount = 0;
  function cardId(node: HTMLElement): number {
    const id = cardIds.get(node) ?? ++cardCount;
    cardIds.set(node, id);
    return id;
  }

  function drawBanner(): void {
    const { client, storage } = ctx;
    const state = client?.state;
    const offline = state?.name === 'offline' || (!!client && navigator.onLine === false);
    const text = offline ? t('offline') : client && !storage.persistent ? t('private') : '';
    banner.hidden = text === '';
    if (banner.textContent === text) return;
    banner.classList.toggle('amber', offline);
    banner.replaceChildren(...(text ? [icon(offline ? offlineIcon : clock, 18), h('span', {}, text)] : []));
  }

  function drawWelcome(): void {
    const { name, people: faces, starters } = options.options();
    const open = boot.config.open && ctx.present;
    welcome.replaceChildren(
      teamFaces(ctx, faces, 44) || h('span', { class: 'faces' }, name !== undefined && avatar(boot.url, { name }, 44)),
      h('h1', { tabindex: -1, dir: 'auto' }, t('greeting')),
      h('p', {}, h('i', { class: open ? '' : 'away' }), h('span', { dir: 'auto' }, open ? t('online') : awayText(ctx))),
    );
    if (starters?.length) {
      const rows = starters
        .slice(0, 4)
        .map((starter) =>
          h(
            'li',
            {},
            h(
              'button',
              { type: 'button', onclick: () => send(starter) },
              h('span', { dir: 'auto' }, starter),
              icon(fwd, 18),
            ),
          ),
        );
      welcome.append(h('ul', { class: 'starters' }, ...rows));
    }
  }

  let welcomed = '';
  function draw(): void {
    scheduled = false;
    if (dead) return;
    const { client } = ctx;
    follow();
    void resolve();
    const given = options.options();
    const current = conversation();
    const all = items();
    const messages = (openId && client?.conversations.messages(openId)) || [];
    const isFirst = target.kind === 'support' && !current && all.length === 0;

    const state = client?.state.name;
    if (client && state !== 'online') lostAt ??= Date.now();
    else lostAt = undefined;
    const reconnecting = state === 'reconnecting' && Date.now() - (lostAt ?? 0) >= RECONNECTING_MS;
    if (state === 'reconnecting' && !reconnecting) setTimeout(refresh, RECONNECTING_MS);

    const { name, parts: top } = headerParts(ctx, given, current, reconnecting);
    const headed = [...top].map((node) => (typeof node === 'string' ? node : node.outerHTML)).join('');
    if (head.dataset.now !== headed) {
      head.dataset.now = headed;
      head.replaceChildren(...top);
    }
    section.ariaLabel = given.name ?? name;
    head.hidden = isFirst;
    menuButton.hidden = !client;
    peopleButton.hidden = current?.kind !== 'room';
    drawBanner();

    element.classList.toggle('first', isFirst);
    section.classList.toggle('first', isFirst);
    welcome.hidden = !isFirst || cover !== undefined;
    log.element.hidden = isFirst || cover !== undefined;
    const open = boot.config.open && ctx.present;
    const welcomeNow = JSON.stringify([given.name, given.people, given.starters, open]);
    if (isFirst && welcomed !== welcomeNow) {
      welcomed = welcomeNow;
      drawWelcome();
    }
    if (isFirst && given.form && !client && !formAsked) {
      formAsked = true;
      void dressedPart(import('./extras/form.ts')).then(({ showForm }) =>
        showForm(parts, given.form as NonNullable<Options['form']>),
      );
    }

    const now = new Date();
    const rows = rowsOf(messages, all, client?.user?.id, unreadFrom).map((row) => logRow(row, now, all, current));
    const alone = !open && current?.kind === 'support' && current.status === 'open' && current.assignee?.role !== 'bot';
    if (alone && messages.length && !client?.user?.email && !cards.has('away')) {
      void dressedPart(import('./extras/cards.ts')).then(({ awayCard }) => awayCard(parts));
    }
    if (!isFirst) log.update([...rows, ...extraRows(current, messages)]);
    if (landing && messages.length) {
      landing = false;
      log.toRow('unread');
    }
    if (all.length) setTimeout(refresh, 500);

    const streaming = messages.findLast((message) => message.state === 'streaming');
    drawStrip(streaming);
    composer.element.hidden = cover !== undefined;
    const { maxLength } = current ?? boot.config.limits;
    const closedRoom = current !== undefined && current.kind !== 'support' && current.status === 'closed';
    composer.update({
      maxLength,
      room: current?.kind === 'room',
      blocked: closedRoom || (client?.state.name === 'stopped' && client.state.reason === 'BLOCKED'),
      files: boot.config.limits.maxFiles > 0,
    });
  }

  function drawStrip(streaming: Message | undefined): void {
    const now = editing ? `edit ${editing.id}` : streaming ? `stop ${streaming.id}` : '';
    if (strip.dataset.now === now) return;
    strip.dataset.now = now;
    strip.hidden = now === '';
    strip.classList.toggle('editing', editing !== undefined);
    if (editing) {
      strip.replaceChildren(
        h('span', {}, t('editing')),
        h('button', { type: 'button', onclick: () => edit(undefined) }, t('leaveEdit')),
      );
    } else if (streaming) {
      const { conversationId, id } = streaming;
      const stop = () => void ctx.client?.stop(conversationId, id).catch(() => {});
      strip.replaceChildren(
        h('button', { type: 'button', class: 'stop', onclick: stop }, icon(stopIcon, 16), t('stop')),
      );
    } else strip.replaceChildren();
  }

  let drawnAt = 0;
  function refresh(): void {
    if (scheduled || dead) return;
    scheduled = true;
    const wait = SLOWEST_MS - (performance.now() - drawnAt);
    const run = () => {
      drawnAt = performance.now();
      draw();
    };
    // A hidden page has no frames.
    if (wait > 0 || document.hidden) setTimeout(run, Math.max(0, wait));
    else requestAnimationFrame(run);
  }

  const panel: Panel = {
    element,
    get conversation() {
      return conversation();
    },
    show(on) {
      shown = on;
      if (!on) {
        popup?.();
        if (openId) ctx.client?.view(openId, false);
        openId = undefined;
        unreadFrom = undefined;
      }
      draw();
    },
    focus() {
      const phone = !inline && matchMedia('(width < 480px), (height < 500px)').matches;
      const heading = section.querySelector<HTMLElement>('h1, h2');
      const at = cover ? cover.querySelector<HTMLElement>('h1, h2, input') : phone ? heading : composer.field;
      at?.focus({ preventScroll: true });
    },
    refresh,
    send,
    choose(id) {
      fresh = id === undefined;
      chosen = id;
      log.clear();
      refresh();
    },
    reset() {
      chosen = target.kind === 'one' ? target.id : undefined;
      fresh = formAsked = false;
      openId = editing = undefined;
      cover?.remove();
      cover = undefined;
      cards.clear();
      files.clear();
      log.clear();
      composer.fill('');
      refresh();
    },
    escape() {
      if (popup) popup();
      else if (editing) edit(undefined);
      else if (cover) parts.cover(undefined);
      else return false;
      return true;
    },
    parts,
    destroy() {
      dead = true;
      if (openId) ctx.client?.view(openId, false);
      log.destroy();
      element.remove();
    },
  };
  return panel;
}
