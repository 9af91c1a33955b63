/** How a person without a picture is shown. */

/** Made with the first name that needs it: it costs a slow phone some time. */
let graphemes: Intl.Segmenter | undefined;

function first(word: string): string {
  // A letter of the alphabet with another one after it is a letter.
  if (/^\p{ASCII}{2}/u.test(word) || !('Segmenter' in Intl)) return [...word][0] ?? '';
  graphemes ??= new Intl.Segmenter();
  for (const { segment } of graphemes.segment(word)) return segment;
  return '';
}

/** "Jonas Weber" → "JW", "سلمى حداد" → "سح"; one word gives its first letter; an erased name gives none. */
export function initials(name: string | null): string {
  const words = (name ?? '')
    .trim()
    .split(/\s+/u)
    .filter((word) => /[\p{L}\p{N}]/u.test(word));
  const [head = '', tail = ''] = [words[0], words.length > 1 ? words.at(-1) : undefined];
  return (first(head) + first(tail)).toLocaleUpperCase();
}

/** The hue (degrees) of somebody's avatar: the same on every screen, by their id. */
export function hueOf(id: string): number {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + letter.charCodeAt(0)) % 3600;
  return (sum % 12) * 30;
}

/** What to call somebody in passing: "Jonas" for "Jonas Weber". */
export function firstName(name: string): string {
  return name.trim().split(/\s+/u)[0] ?? '';
}
