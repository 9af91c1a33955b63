import t from 'tap';
import { backoffMs, type Verdict, verdictOfClose, verdictOfError } from '../../../src/web/sdk/backoff.ts';
import fc from '../../property.ts';

t.test('waits have full jitter under a ceiling that doubles from half a second to twenty', async (t) => {
  for (const [tries, most] of [
    [0, 500],
    [1, 1000],
    [3, 4000],
    [5, 16_000],
    [6, 20_000],
    [5000, 20_000],
  ] as const) {
    t.equal(
      backoffMs(tries, () => 0),
      0,
      `${tries} tries, by luck at once`,
    );
    t.equal(
      backoffMs(tries, () => 0.5),
      most / 2,
      `${tries} tries, in the middle`,
    );
  }
  fc.assert(
    fc.property(fc.nat(), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (tries, chance) => {
      const ms = backoffMs(tries, () => chance);
      return ms >= 0 && ms < 20_000;
    }),
  );
});

const closes: [number, string, Verdict][] = [
  [4000, '', { again: 'now', code: '4000' }],
  [4001, '', { again: 'now', token: 'AUTH_CHANGED', code: 'AUTH_CHANGED' }],
  [4002, '', { again: 'now', token: 'TOKEN_EXPIRED', code: 'TOKEN_EXPIRED' }],
  [4003, '', { again: 'now', code: '4003' }],
  [4099, '', { again: 'now', code: '4099' }],
  [4100, '1500', { again: 'later', retryMs: 1500, code: '4100' }],
  [4101, 'soon', { again: 'later', retryMs: 0, code: '4101' }],
  [4102, '', { again: 'later', retryMs: 0, code: '4102' }],
  [4200, '', { again: 'never', code: 'BAD_FRAMES' }],
  [4201, '', { again: 'never', code: 'SIGNED_OUT' }],
  [4202, '', { again: 'never', code: 'BLOCKED' }],
  [4299, '', { again: 'never', code: '4299' }],
  [1000, '', { again: 'later', code: '1000' }],
  [1006, '', { again: 'later', code: '1006' }],
  [1009, '', { again: 'later', code: '1009' }],
  [4300, '', { again: 'later', code: '4300' }],
];
for (const [code, reason, verdict] of closes) {
  t.test(`a close with ${code} ${reason} means ${verdict.again}`, async (t) => {
    t.same(verdictOfClose(code, reason), verdict);
  });
}

t.test('a refused hello asks for another token, or stops, or waits as it was told', async (t) => {
  for (const code of ['UNAUTHENTICATED', 'TOKEN_EXPIRED', 'MERGED'] as const) {
    t.same(verdictOfError(code, undefined), { again: 'now', token: code, code });
  }
  for (const code of ['BLOCKED', 'FORBIDDEN'] as const) {
    t.same(verdictOfError(code, undefined), { again: 'never', code });
  }
  t.same(verdictOfError('OVERLOADED', 700), { again: 'later', retryMs: 700, code: 'OVERLOADED' });
  t.same(verdictOfError('NETWORK', undefined), { again: 'later', retryMs: 0, code: 'NETWORK' });
});
