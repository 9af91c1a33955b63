/** How a person without a picture is shown. */

/** "Jonas Weber" → "JW", "سلمى حداد" → "سح"; one word gives its first letter; an erased name gives none. */
export function initials(name: string | null): string {
  // A letter with the marks that belong to it.
  const letters = (name ?? '').split(/\s+/u).flatMap((word) => /[\p{L}\p{N}]\p{M}*/u.exec(word)?.[0] ?? []);
  return [letters[0], ...letters.slice(1).slice(-1)].join('').toLocaleUpperCase();
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
