import t from 'tap';
import { createBreaker } from '../../../src/outbound/bots/breaker.ts';

const [LEA, MAX] = [1, 2];

t.test('five failures in a row, and a bot is left alone for 30 s; then one tries for all', async (t) => {
  let now = 0;
  const breaker = createBreaker(() => now);
  for (let failure = 0; failure < 5; failure += 1) {
    t.ok(breaker.lets(LEA), `after ${failure} failures`);
    breaker.failed(LEA);
  }
  t.notOk(breaker.lets(LEA));
  t.ok(breaker.lets(MAX), 'another one');
  now += 29_999;
  t.notOk(breaker.lets(LEA));
  now += 1;
  t.same([breaker.lets(LEA), breaker.lets(LEA)], [true, false]);
  breaker.failed(LEA);
  now += 29_999;
  t.notOk(breaker.lets(LEA), 'from its own failure on');
  now += 1;
  t.ok(breaker.lets(LEA));
  breaker.succeeded(LEA);
  t.ok(breaker.lets(LEA) && breaker.lets(LEA), 'an answer forgets them all');
});

t.test('an answer in between begins the count anew', async (t) => {
  const breaker = createBreaker(() => 0);
  for (let failure = 0; failure < 20; failure += 1) {
    if (failure % 4 === 0) breaker.succeeded(LEA);
    breaker.failed(LEA);
    t.ok(breaker.lets(LEA));
  }
});
