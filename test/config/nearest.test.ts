import t from 'tap';
import { nearest } from '../../src/config/nearest.ts';

const cases: [string, string[], string][] = [
  ['serv', ['config', 'serve'], 'serve'],
  ['sevre', ['config', 'serve'], 'serve'],
  ['conf', ['serve', 'config'], 'config'],
  ['port', ['port', 'host'], 'port'],
  ['ab', ['ax', 'ay'], 'ax'],
  ['', ['longer', 'no'], 'no'],
];

for (const [written, names, expected] of cases) {
  t.test(`"${written}" is nearest to ${expected} of ${names.join(', ')}`, (t) => {
    t.equal(nearest(written, names), expected);
    t.end();
  });
}
