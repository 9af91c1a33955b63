/** Keys to press, as they are written beside what they do: `G Q` one after the other, `Ctrl+K` together. */
export function Keys({ keys }: { keys: string }) {
  return (
    <span class="keys" aria-hidden="true">
      {keys.split(' ').map((key) => (
        <kbd key={key}>{key.replace('+', ' ')}</kbd>
      ))}
    </span>
  );
}
