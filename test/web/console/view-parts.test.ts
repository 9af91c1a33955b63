import t from 'tap';
import { partsOf } from '../../../src/web/console/state/view-parts.ts';

t.test('a tag may have any character in it', async (t) => {
  t.same(partsOf('tag/returns/2026 100%'), ['tag', 'returns/2026 100%']);
  t.same(partsOf('open'), ['open']);
});
