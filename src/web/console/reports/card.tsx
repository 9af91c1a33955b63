import type { ComponentChildren } from 'preact';

type CardProps = {
  title: string;
  /** What its colours stand for, in words. */
  legend?: readonly (readonly [look: string, word: string])[];
  action?: ComponentChildren;
  narrow?: boolean;
  children: ComponentChildren;
};

/** One part of the reports. */
export function Card({ title, legend = [], action, narrow, children }: CardProps) {
  return (
    <section class={`report-card${narrow ? ' narrow' : ''}`}>
      <header>
        <h2>{title}</h2>
        {legend.map(([look, word]) => (
          <span key={look} class={`legend ${look}`}>
            {word}
          </span>
        ))}
        {action}
      </header>
      {children}
    </section>
  );
}
