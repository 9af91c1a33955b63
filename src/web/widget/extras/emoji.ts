/** A few dozen emoji for who writes with a mouse; phones have theirs on the keyboard. */
import type { PanelParts } from '../parts.ts';

const EMOJI =
  '😀 😄 😂 😊 😉 😍 🤔 😅 😢 😭 😡 😱 🙄 😴 🤗 🥳 👍 👎 👏 🙌 🙏 👋 💪 ✌️ 👀 ❤️ 💔 🔥 ✨ 🎉 ✅ ❌ ⚠️ ❓ 💡 📦 🚚 💳 🧾 🔧'.split(
    ' ',
  );
const COLUMNS = 8;

export function openEmoji(parts: PanelParts, button: HTMLButtonElement): void {
  const { root, field, fill, ctx } = parts;
  const { h } = ctx.kit;

  function close(): void {
    picker.remove();
    button.ariaExpanded = 'false';
    parts.popup(undefined);
    root.removeEventListener('pointerdown', outside, true);
  }
  const outside = (event: Event) => {
    if (!picker.contains(event.target as Node) && !button.contains(event.target as Node)) close();
  };
  const put = (emoji: string) => {
    const { selectionStart: from, selectionEnd: to, value } = field;
    fill(value.slice(0, from) + emoji + value.slice(to));
    close();
    field.focus();
    field.setSelectionRange(from + emoji.length, from + emoji.length);
  };
  const buttons = EMOJI.map((emoji, index) =>
    h('button', { type: 'button', tabindex: index ? -1 : 0, onclick: () => put(emoji) }, emoji),
  );
  const picker = h('div', { class: 'picker', role: 'group', 'aria-label': ctx.t('emoji') }, ...buttons);
  picker.addEventListener('keydown', (event) => {
    const at = buttons.indexOf((root.getRootNode() as ShadowRoot).activeElement as HTMLButtonElement);
    const side = ctx.rtl ? -1 : 1;
    const by = { ArrowRight: side, ArrowLeft: -side, ArrowDown: COLUMNS, ArrowUp: -COLUMNS }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    buttons[at + by]?.focus();
  });
  root.addEventListener('pointerdown', outside, true);
  parts.popup(() => {
    close();
    field.focus();
  });
  button.ariaExpanded = 'true';
  root.append(picker);
  buttons[0]?.focus();
}
