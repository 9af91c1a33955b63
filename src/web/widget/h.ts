type Child = Node | string | false | null | undefined;

/**
 * An element with its attributes and children. A function is a listener (`onclick`), `true` an attribute without a value;
 * what is undefined, null or false is left out.
 */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Record<string, unknown> = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') made.addEventListener(name.slice(2), value as EventListener);
    else if (value !== undefined && value !== null && value !== false) {
      made.setAttribute(name, value === true ? '' : `${value}`);
    }
  }
  made.append(...children.filter((child): child is Node | string => !!child || child === ''));
  return made;
}
export type H = typeof h;
