/** What must be there. */
import t from 'tap';
import { there } from '../../src/protocol/there.ts';

t.test('what is there is given, however little it is, and what is not is an error of those words', async (t) => {
  for (const value of [0, '', false]) t.equal(there(value, 'it is not there'), value);
  for (const value of [null, undefined])
    t.throws(() => there(value, 'it is not there'), { message: 'it is not there' });
});
