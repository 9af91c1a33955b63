import { Component, type ComponentType, h } from 'preact';

/** Draws a component anew only when one of its properties is another; signals that it reads draw it all the same. */
export function memo<P extends object>(View: ComponentType<P>): ComponentType<P> {
  return class Memo extends Component<P> {
    override shouldComponentUpdate(next: Readonly<P>): boolean {
      const [before, after] = [this.props as Record<string, unknown>, next as Record<string, unknown>];
      return Object.keys(after).some((key) => before[key] !== after[key]);
    }
    override render() {
      return h(View, this.props);
    }
  };
}
