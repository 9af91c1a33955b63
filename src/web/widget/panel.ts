/** One conversation on the screen: header, log, composer, and what stands between them. */
import { createBanner } from './banner.ts';
import { createComposer } from './composer.ts';
import type { Ctx } from './context.ts';
import { createFrame } from './frame.ts';
import { createHeader } from './header.ts';
import type { Late } from './late.ts';
import { createLog } from './log.ts';
import { logRows } from './log-rows.ts';
import { fillText, type Handling } from './message.ts';
import type { Instead, Panel, PanelOptions, PanelParts } from './parts.ts';
import { pause } from './pause.ts';
import { createPieces } from './pieces.ts';
import { createPlace } from './place.ts';
import { createSchedule } from './schedule.ts';
import { drawWelcome } from './welcome.ts';
import { createWriting } from './writing.ts';

/** What is on its way is looked at so often: its clock, its seconds. */
const WAITING_MS = 500;
export const PHONE = '(width < 480px), (height < 500px)';

export function createPanel(ctx: Ctx, late: Late, options: PanelOptions): Panel {
  const { t, boot } = ctx;
  const { target, inline } = options;
  let name = '';
  let shown = false;
  let landing = false;
  let instead: Instead | undefined;
  let popup: (() => void) | undefined;
  let cover: HTMLElement | undefined;
  let formAsked = false;
  const cards = new Map<string, HTMLElement>();
  const pieces = createPieces();
  const place = createPlace(ctx, target, () => refresh());
  const writing = createWriting(ctx, place, target, options.options, () => refresh());

  const header = createHeader(ctx, late);
  const banner = createBanner();
  const composer = createComposer(ctx, {
    send: (text, files) => (instead && text ? instead.submit(text) : send(text, files)),
    changed: (text) => writing.drafted(text, !instead),
    editLast: () => late.use('own', ({ editLast }) => editLast(parts)),
    emoji: (button) => (popup ? popup() : late.use('emoji', ({ openEmoji }) => openEmoji(parts, button), wrong)),
    tooLong: (many, max) => late.use('trouble', ({ sayTooLong }) => sayTooLong(ctx, composer.element, many, max)),
  });
  const log = createLog(ctx, {
    older,
    moved,
    fill: (element, text) => fillText(element, text, true, late),
    walk: (...given) => late.use('walk', ({ walk }) => walk(...given)),
    below: (...given) => late.use('news', ({ drawPill }) => drawPill(ctx, ...given)),
  });
  const frame = createFrame(
    ctx,
    inline,
    { header: header.element, banner: banner.element, log: log.element, composer: composer.element },
    {
      menu: () => (popup ? popup() : late.use('menu', ({ openMenu }) => openMenu(parts, frame.menu), wrong)),
      close: options.close,
      dragged: () => takesFiles() && late.get('files')?.showDrop(parts),
      drop: (files) => takesFiles() && send('', files),
    },
  );
  const { element, section, welcome, strip, announce } = frame;
  const { soon: refresh, stop } = createSchedule(draw);
  // A task of its own: what is around it is drawn, and the page answers in between.
  const logDrawing = createSchedule(drawLog);

  const wrong = () => announce(t('wrong'));
  // What is asked first is answered before a file goes out.
  const takesFiles = () => composer.takesFiles && !cover;

  // ---- what is done here ---------------------------------------------------------------------------------------
  function older(): void {
    const { client } = ctx;
    const { openId } = place;
    if (pieces.more || !openId || !client?.conversations.hasOlder(openId)) return;
    client.conversations.older(openId).then(refresh, () => {});
  }

  function moved(): void {
    const { openId } = place;
    if (!openId || !shown || landing || options.isOff?.() || document.visibilityState !== 'visible') return;
    const seq = log.seen();
    if (seq) ctx.client?.read(openId, seq);
    options.seen();
  }

  function send(text: string, files: readonly File[] = []): void {
    writing.send(text, files).then(
      () => {
        log.pin();
        refresh();
      },
      () => {
        // What was written since stays behind it.
        composer.fill(text + composer.field.value);
        wrong();
      },
    );
    refresh();
  }

  const handling: Handling = {
    late,
    files: (id) => writing.files.get(id) ?? [],
    act(action, id) {
      const { outbox } = ctx.client ?? {};
      if (action === 'retry') void outbox?.retry(id).catch(() => {});
      else outbox?.discard(id);
      if (action === 'another') composer.chooseFiles();
      refresh();
    },
  };

  const parts: PanelParts = {
    ctx,
    late,
    get panel() {
      return panel;
    },
    root: section,
    field: composer.field,
    fill: composer.fill,
    announce,
    instead(other) {
      instead = other;
      refresh();
    },
    edit: (message) => late.use('own', ({ edit }) => edit(parts, message), wrong),
    cover(node) {
      cover?.remove();
      cover = node;
      if (node) section.insertBefore(node, composer.element);
      refresh();
    },
    card(name, node) {
      if (node) cards.set(name, node);
      else cards.delete(name);
      refresh();
    },
    popup(close) {
      popup = close;
    },
    focusRow: log.focusRow,
  };

  /** One's own message that is looked at, or pointed at, can be changed. */
  const pointed = ({ target: at }: Event) => {
    const row = (at as HTMLElement).closest<HTMLElement>('.m.own:not(.waiting)');
    const { openId } = place;
    const message = openId && row && ctx.client?.conversations.message(openId, row.dataset.id ?? '');
    if (message && !message.deletedAt) late.use('own', ({ addActions }) => addActions(parts, row, message));
  };
  for (const event of ['pointerover', 'focusin', 'click']) log.element.addEventListener(event, pointed);

  const messages = () => (place.openId && ctx.client?.conversations.messages(place.openId)) || [];

  // ---- drawing -------------------------------------------------------------------------------------------------
  function draw(): void {
    const { client } = ctx;
    if (place.follow(shown)) {
      log.clear();
      pieces.clear();
      cards.clear();
      landing = place.unreadFrom !== undefined;
      if (place.openId && !composer.field.value) composer.fill(writing.draft);
    }
    const given = options.options();
    const { current } = place;
    const items = writing.items();
    const isFirst = target.kind === 'support' && !current && items.length === 0;

    if (header.update(given, current)) setTimeout(refresh, WAITING_MS);
    name = given.name ?? header.name;
    section.ariaLabel = options.label(name);
    header.element.hidden = isFirst;
    frame.menu.hidden = !client;
    if (current?.kind === 'room') late.get('people')?.dressButton(parts, frame.menu, current.participantCount ?? 0);
    else frame.menu.previousSibling?.remove();
    banner.update(ctx);

    section.classList.toggle('first', isFirst);
    element.classList.toggle('first', isFirst);
    welcome.hidden = !isFirst || cover !== undefined;
    log.element.hidden = isFirst || cover !== undefined;
    if (isFirst) drawWelcome(ctx, welcome, given, late, send, place.want);
    const { form } = given;
    if (isFirst && form && !client && !ctx.returns && !formAsked) {
      formAsked = true;
      late.use(
        'form',
        ({ showForm }) => showForm(parts, form),
        () => {
          formAsked = false;
        },
      );
    }
    if (!isFirst) logDrawing.soon();
    if (items.length) setTimeout(refresh, WAITING_MS);
    const streaming = messages().findLast(({ state }) => state === 'streaming');
    if (instead || streaming || !strip.hidden) late.get('own')?.drawStrip(parts, strip, instead, streaming);

    composer.element.hidden = cover !== undefined;
    if (boot.config.typingText && target.kind === 'support') late.get('cards')?.seenNote(ctx, composer.element);
    const { state } = client ?? {};
    const shutRoom = current !== undefined && current.kind !== 'support' && current.status === 'closed';
    const blocked = shutRoom || (state?.name === 'stopped' && state.reason === 'BLOCKED');
    // The words for what is not as usual come with the parts that are loaded for it.
    const isUsual =
      !current || (current.kind === 'support' && current.status === 'open' && current.assignee?.role !== 'bot');
    if (!isUsual || blocked || (client && !ctx.storage.persistent)) late.get('trouble');
    composer.update({
      maxLength: (current ?? boot.config.limits).maxLength,
      room: current?.kind === 'room',
      blocked,
      waits: target.kind !== 'support' && !place.target,
      files: boot.config.limits.maxFiles > 0,
    });
  }

  function drawLog(): void {
    const { current, unreadFrom } = place;
    const drawn = pieces.of(messages());
    const isAlone = current && !ctx.open && current.assignee?.role !== 'bot';
    if (current?.kind === 'support' && drawn.length && (isAlone || current.status === 'closed' || cards.size))
      late.get('cards')?.askAtEnd(parts, cards, current);
    log.update(logRows(ctx, handling, { current, messages: drawn, items: writing.items(), unreadFrom, cards, send }));
    // Where somebody lands is not seen, and nothing is read, until it is there.
    log.element.classList.toggle('landing', landing);
    // Behind the frame that shows this one: else a frame that is late would lay out all of them in one task.
    if (pieces.more) requestAnimationFrame(() => setTimeout(logDrawing.now));
    else if (landing && drawn.length) void pause().then(land);
  }

  function land(): void {
    landing = false;
    log.toRow('unread');
    log.element.classList.remove('landing');
  }

  const panel: Panel = {
    element,
    get name() {
      return name;
    },
    get conversation() {
      return place.current;
    },
    show(on) {
      shown = on;
      if (!on) popup?.();
      refresh();
    },
    focus() {
      const phone = !inline && matchMedia(PHONE).matches;
      const heading = section.querySelector<HTMLElement>('h1, h2');
      const at = cover ? cover.querySelector<HTMLElement>('h1, h2, input') : phone ? heading : composer.field;
      at?.focus({ preventScroll: true });
    },
    refresh,
    send,
    choose(id) {
      instead?.end();
      place.choose(id);
      // Each conversation has a draft of its own.
      composer.fill(writing.draft);
      log.clear();
      refresh();
    },
    reset() {
      place.reset();
      formAsked = false;
      instead?.end();
      parts.cover(undefined);
      cards.clear();
      writing.files.clear();
      log.clear();
      composer.fill('');
      refresh();
    },
    escape() {
      if (popup) popup();
      else if (instead) instead.end();
      else if (cover) parts.cover(undefined);
      else return false;
      return true;
    },
    parts,
    destroy() {
      stop();
      logDrawing.stop();
      if (place.openId) ctx.client?.view(place.openId, false);
      log.destroy();
      element.remove();
    },
  };
  return panel;
}
