import { faces, type IconName, icons } from '../../ui/icons.ts';

/** @param size in px; at 14 and below the line is a little heavier */
export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
  return <Drawn path={icons[name]} size={size} name={name} />;
}

/** The face of a rating from 1 to 5. */
export function Face({ score, size = 20 }: { score: number; size?: number }) {
  return <Drawn path={faces[Math.min(5, Math.max(1, Math.round(score))) - 1] as string} size={size} name="face" />;
}

function Drawn({ path, size, name }: { path: string; size: number; name: string }) {
  return (
    <svg
      class={`icon icon-${name}`}
      width={size}
      height={size}
      viewBox="0 0 20 20"
      aria-hidden="true"
      focusable="false"
    >
      <path d={path} stroke-width={size <= 14 ? 1.75 : 1.5} />
    </svg>
  );
}
