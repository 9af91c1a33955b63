/** The accent rule, over colours of the whole cube: whatever somebody chooses can be read. */
import { readFileSync } from 'node:fs';
import t from 'tap';
import { accentOf, contrast } from '../../../src/web/ui/accent.ts';

const GROUNDS = { light: ['#ffffff', '#f9f7f5', '#f2f0ee'], dark: ['#1a1817', '#11100e', '#292726'] };

t.test('the default accent is as drawn', async (t) => {
  t.equal(accentOf('#2f55d4', false).accent, '#2f55d4');
  t.equal(accentOf('#2f55d4', false).onAccent, '#ffffff');
  t.equal(accentOf('#2f55d4', true).accent, '#345bdb');
});

t.test('the widget’s styles have what the rule makes of it', async (t) => {
  const widget = new URL('../../../src/web/widget/', import.meta.url);
  const css = ['loader.css', 'chat.css'].map((file) => readFileSync(new URL(file, widget), 'utf8')).join('\n');
  for (const [selector, dark] of [
    [':host {', false],
    [':host([data-theme="dark"]) {', true],
  ] as const) {
    const inside = css
      .split(selector)
      .slice(1)
      .map((rest) => rest.split('}')[0]);
    const said = Object.fromEntries(
      [...inside.join('').matchAll(/--([\w-]+): (.*?);/g)].map(([, name, value]) => [name, value]),
    );
    const { accent, onAccent, hover, pressed, tint, tint2, text, edge } = accentOf('#2f55d4', dark);
    t.match(said, {
      accent,
      'accent-hover': hover,
      'accent-pressed': pressed,
      'accent-tint': tint,
      'accent-tint2': tint2,
      'accent-text': text,
      // What is the same by night is said once.
      ...(dark ? {} : { 'on-accent': onAccent, 'accent-edge': edge }),
    });
    t.same([onAccent, edge], ['#ffffff', 'transparent']);
  }
});

t.test('4,096 colours a theme: no pair below 4.5, no shape that is lost', async (t) => {
  for (const dark of [false, true]) {
    const bad: string[] = [];
    for (let number = 0; number < 4096; number++) {
      const hex = `#${number.toString(16).padStart(3, '0')}`;
      const made = accentOf(hex, dark);
      const pairs = [
        [made.onAccent, made.accent],
        [made.onAccent, made.hover],
        [made.onAccent, made.pressed],
        ...[...GROUNDS[dark ? 'dark' : 'light'], made.tint, made.tint2].map((ground) => [made.text, ground]),
        ...[made.tint, made.tint2].map((ground) => [dark ? '#f0eeec' : '#201e1a', ground]),
      ] as [string, string][];
      const worst = Math.min(...pairs.map(([one, other]) => contrast(one, other)));
      if (worst < 4.5) bad.push(`${hex} ${worst.toFixed(2)}`);
    }
    t.same(bad, [], dark ? 'dark' : 'light');
  }
});

t.test('black is near-white in the dark, white and yellow have an edge in the light', async (t) => {
  t.ok(contrast(accentOf('#000', true).accent, '#1a1817') > 12);
  t.not(accentOf('#fff', false).edge, 'transparent');
  t.not(accentOf('#ffe600', false).edge, 'transparent');
  t.equal(accentOf('#2f55d4', false).edge, 'transparent');
});
