import type { Person } from '../../../protocol/person.ts';
import { hueOf, initials } from '../../ui/person.ts';
import { Icon } from './icon.tsx';

export type AvatarProps = {
  person: (Pick<Person, 'id' | 'name' | 'role'> & { avatar?: string }) | null | undefined;
  size: number;
};

/** People are round, bots are square. Beside it stands the name, so it says nothing itself. */
export function Avatar({ person, size }: AvatarProps) {
  const style = { width: size, height: size, fontSize: size <= 24 ? size * 0.4 : size * 0.36 };
  if (!person) return <span class="avatar avatar-nobody" style={style} aria-hidden="true" />;
  if (person.avatar) return <img class="avatar" style={style} src={person.avatar} alt="" loading="lazy" />;
  if (person.role === 'bot') {
    return (
      <span class="avatar avatar-bot" style={{ ...style, borderRadius: size * 0.3 }} aria-hidden="true">
        <Icon name="ai" size={Math.max(12, Math.round(size * 0.56))} />
      </span>
    );
  }
  if (!person.name) {
    return (
      <span class="avatar avatar-unknown" style={style} aria-hidden="true">
        <Icon name="user" size={Math.round(size * 0.56)} />
      </span>
    );
  }
  return (
    <span class="avatar" style={{ ...style, '--hue': hueOf(person.id) }} aria-hidden="true">
      {initials(person.name)}
    </span>
  );
}
