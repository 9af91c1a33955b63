import { hueOf, initials } from '../ui/person.ts';
import { h } from './h.ts';
import { icon } from './icon.ts';

type Pictured = { id?: string; name: string | null; role?: string; avatar?: string };

/** A bot's icon, once there are parts that bots are drawn with. */
let botIcon: string | undefined;

export function drawBotsBy(path: string): void {
  botIcon = path;
}

/** People are round, bots are square. A picture that does not come leaves the initials. */
export function avatar(url: string, { id, name, role, avatar: picture }: Pictured, size: number): HTMLElement {
  const bot = role === 'bot';
  const made = h('span', { class: bot ? 'avatar bot' : 'avatar', 'aria-hidden': true });
  made.style.setProperty('--size', `${size}px`);
  made.style.setProperty('--hue', `${hueOf(id ?? name ?? '')}`);
  if (picture) {
    const image = h('img', { src: new URL(picture, url).href, alt: '', onerror: () => image.remove() });
    made.append(image);
  }
  made.prepend(bot && botIcon ? icon(botIcon, size * 0.55) : initials(name));
  return made;
}
