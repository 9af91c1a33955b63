/** The text of a message: links are links, of what a model writes some Markdown is shown; never HTML. */
import { useLayoutEffect, useRef } from 'preact/hooks';
import { isEmojiAlone } from '../../ui/emoji-alone.ts';
import { markdown } from '../../ui/markdown.ts';
import { plainText } from '../../ui/plain-text.ts';

/** @param byModel whether a model wrote it */
export function Text({ text, byModel }: { text: string; byModel?: boolean }) {
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    box.current?.replaceChildren(...(byModel ? markdown(text) : plainText(text)));
  }, [text, byModel]);
  return (
    <div class={`text${byModel ? ' markdown' : ''}${isEmojiAlone(text) ? ' emoji-alone' : ''}`} dir="auto" ref={box} />
  );
}
