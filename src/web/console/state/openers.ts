/** Menus and fields that a key opens: whoever is on the page says how. */
export const openers = {
  assign: {} as { open?: () => void },
  snooze: {} as { open?: () => void },
  tags: {} as { open?: () => void },
  editor: {} as { open?: (mode: 'reply' | 'note', text?: string) => void },
};
