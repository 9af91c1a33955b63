/** Keeps what is being read where it is, whatever grows above or below it; at the end one stays at the end. */
import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

/** So near the end counts as at the end, in px. */
const NEAR = 40;
/** So near an edge the page beyond it is asked for. */
const EDGE = 600;

type Options = {
  box: RefObject<HTMLElement>;
  /** Whether the messages are there. */
  ready: boolean;
  /** Another text whenever the content is another. */
  change: string;
  /** The key of what is to be shown first; undefined: what is unread, or the end. */
  sought: string | undefined;
  /** Whether the end of the content is the end of the conversation. */
  whole: boolean;
  /** The top is near. */
  top(): void;
  /** The bottom is near. */
  bottom(): void;
  /** Something else is in sight now. */
  looked(): void;
};

/** By key: the element may be made anew when older messages of its author come in above it. */
type Anchor = { key: string; offset: number };
/** @param shown what was sought and has been shown */
type State = { pinned: boolean; anchor: Anchor | undefined; opened: boolean; shown: string | undefined };

export function useKeptPlace({ box, ready, change, sought, whole, top, bottom, looked }: Options) {
  const [pinned, setPinned] = useState(true);
  const [far, setFar] = useState(false);
  const state = useRef<State>({ pinned: true, anchor: undefined, opened: false, shown: undefined });
  const told = useRef({ top, bottom, looked, whole });
  told.current = { top, bottom, looked, whole };

  function measure(): void {
    const element = box.current;
    if (!element) return;
    const rest = element.scrollHeight - element.scrollTop - element.clientHeight;
    state.current.pinned = rest <= NEAR && told.current.whole;
    state.current.anchor = anchorOf(element);
    setPinned(state.current.pinned);
    setFar(rest > element.clientHeight || !told.current.whole);
  }

  function restore(): void {
    const element = box.current;
    if (!element) return;
    const { anchor } = state.current;
    if (state.current.pinned) {
      element.scrollTop = element.scrollHeight;
      return;
    }
    const kept = keyed(element, anchor?.key);
    if (anchor && kept) element.scrollTop += offsetOf(element, kept) - anchor.offset;
  }

  useLayoutEffect(() => {
    const element = box.current;
    if (!ready || !element) return;
    const found = sought === state.current.shown ? null : keyed(element, sought);
    if (found) {
      Object.assign(state.current, { shown: sought, opened: true });
      element.scrollTop += offsetOf(element, found) - (element.clientHeight - found.offsetHeight) / 3;
    } else if (!state.current.opened) {
      state.current.opened = true;
      // One lands on what is unread, a third from the top, or at the end.
      const line = element.querySelector<HTMLElement>('[data-key=unread]');
      element.scrollTop = line
        ? element.scrollTop + offsetOf(element, line) - element.clientHeight / 3
        : element.scrollHeight;
    } else restore();
    measure();
    told.current.looked();
  }, [ready, change, sought]);

  useEffect(() => {
    const element = box.current as HTMLElement;
    const onScroll = () => {
      measure();
      const rest = element.scrollHeight - element.scrollTop - element.clientHeight;
      if (element.scrollTop < EDGE && state.current.opened) told.current.top();
      if (rest < EDGE && state.current.opened) told.current.bottom();
      told.current.looked();
    };
    // Pictures that load, a window that is made smaller, an editor that grows.
    const observer = new ResizeObserver(() => {
      if (!state.current.opened) return;
      restore();
      measure();
    });
    observer.observe(element);
    if (element.firstElementChild) observer.observe(element.firstElementChild);
    element.addEventListener('scroll', onScroll, { passive: true });
    const onFocus = () => told.current.looked();
    addEventListener('focus', onFocus);
    document.addEventListener('visibilitychange', onFocus);
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', onScroll);
      removeEventListener('focus', onFocus);
      document.removeEventListener('visibilitychange', onFocus);
    };
  }, []);

  return {
    pinned,
    far,
    toEnd: () => {
      state.current.pinned = true;
      restore();
      measure();
    },
  };
}

const keyed = (box: HTMLElement, key: string | undefined) =>
  key === undefined ? null : box.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`);

const offsetOf = (box: HTMLElement, element: HTMLElement) =>
  element.getBoundingClientRect().top - box.getBoundingClientRect().top;

/** The first message in sight. */
function anchorOf(box: HTMLElement): Anchor | undefined {
  for (const element of box.querySelectorAll<HTMLElement>('[data-key]')) {
    const offset = offsetOf(box, element);
    if (offset + element.offsetHeight > 0) return { key: element.dataset.key as string, offset };
  }
  return undefined;
}
