import t from 'tap';
import { createEventReader } from '../../../src/web/sdk/event-stream.ts';
import fc from '../../property.ts';

const text = [
  ': heartbeat\n\n',
  'id: c1\ndata: {"type":"welcome"}\n\n',
  'id:c2\r\ndata:{"a":1}\r\n\r\n',
  'event: x\nretry: 5\ndata: one\ndata: two\n\n',
  'id: c3\n\n',
  'data\n\n',
  'data: cut off',
].join('');
const events = [
  { id: 'c1', data: '{"type":"welcome"}' },
  { id: 'c2', data: '{"a":1}' },
  { id: undefined, data: 'one\ntwo' },
  { id: 'c3', data: undefined },
  { id: undefined, data: '' },
];

t.test('reads a stream wherever its pieces are cut', async (t) => {
  t.same(createEventReader()(text), events, 'whole');
  fc.assert(
    fc.property(fc.array(fc.nat(text.length)), (cuts) => {
      const read = createEventReader();
      const at = [0, ...cuts.sort((a, b) => a - b), text.length];
      const found = at.slice(1).flatMap((end, i) => read(text.slice(at[i], end)));
      t.same(found, events, `cut at ${at}`);
    }),
  );
});
