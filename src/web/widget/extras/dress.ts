import css from './extras.css';

export { ai } from '../../ui/icon-paths.ts';
export { more as words } from '../../ui/words/in-widget/more.ts';

let sheet: CSSStyleSheet | undefined;

/** The looks of the parts that are loaded when needed, once for each shadow root. */
export function adopt(root: ShadowRoot): void {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
  }
  if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
}
