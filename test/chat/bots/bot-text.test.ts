/** What of a bot's text the file lacks, told from what it has. */
import t from 'tap';
import { BotText } from '../../../src/chat/bots/bot-text.ts';

t.test('what is not kept begins behind what is, counted in code points', async (t) => {
  const text = new BotText();
  text.add('  One 😀');
  t.same(text.unkept, { from: 0, more: 'One 😀' });
  text.kept();
  t.same(text.unkept, { from: 5, more: '' });
  text.add(', two');
  t.same(text.unkept, { from: 5, more: ', two' });
});

t.test('what came while it was being kept is left for the next time; what was refused comes again', async (t) => {
  const text = new BotText();
  text.add('One');
  const { unkept } = text;
  text.add(', two 😀');
  t.same(text.unkept, { from: 0, more: 'One, two 😀' }, 'refused, or not answered yet');
  text.kept(unkept);
  t.same(text.unkept, { from: 3, more: ', two 😀' });
});
