/** What is shown large. */
import t from 'tap';
import { isEmojiAlone } from '../../../src/web/ui/emoji-alone.ts';

t.test('one to three emoji and nothing else', async (t) => {
  for (const text of ['🙌', ' 👍🏽 ', '❤️', '👩‍👩‍👧', '🏴‍☠️', '🇸🇪🇳🇴', '1️⃣', '😀 😀 😀']) t.ok(isEmojiAlone(text), text);
  for (const text of ['', '1', '#', 'a', '🙌 ok', '😀😀😀😀', '🇸', ' ']) t.notOk(isEmojiAlone(text), text);
});
