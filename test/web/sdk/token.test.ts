import t from 'tap';
import { beforeExpiry } from '../../../src/web/sdk/credentials.ts';
import { createTokens } from '../../../src/web/sdk/token.ts';
import { manualClock } from './manual-clock.ts';

t.test('a fixed token is good until it is refused; after another role it is good again', async (t) => {
  const tokens = createTokens('fixed', undefined);
  t.equal(await tokens.get(), 'fixed');
  t.equal(await tokens.renew('fixed', 'AUTH_CHANGED'), 'fixed');
  await t.rejects(tokens.renew('fixed', 'TOKEN_EXPIRED'), { code: 'TOKEN_EXPIRED' });
  await t.rejects(tokens.renew('fixed', 'UNAUTHENTICATED'), { code: 'UNAUTHENTICATED' });
});

t.test('it is asked for with the reason, once for all who ask at the same time', async (t) => {
  const reasons: unknown[] = [];
  const tokens = createTokens(undefined, async (reason) => {
    reasons.push(reason);
    return `t${reasons.length}`;
  });
  t.same(await Promise.all([tokens.get(), tokens.get()]), ['t1', 't1']);
  t.same(await Promise.all([tokens.renew('t1', 'MERGED'), tokens.renew('t1', 'MERGED')]), ['t2', 't2']);
  t.equal(await tokens.renew('t1', 'TOKEN_EXPIRED'), 't2', 'an older one was replaced already');
  t.same(reasons, [undefined, 'MERGED']);
  t.equal(tokens.current, 't2');
});

t.test('a first token, and where later ones come from', async (t) => {
  const tokens = createTokens('first', () => 'second');
  t.equal(await tokens.get(), 'first');
  t.equal(await tokens.renew('first', 'TOKEN_EXPIRED'), 'second');
});

t.test('nobody signed in any more, or the same refused token again: an end', async (t) => {
  await t.rejects(createTokens(undefined, () => null).get(), { code: 'UNAUTHENTICATED' });
  const same = createTokens('a', () => 'a');
  await same.get();
  await t.rejects(same.renew('a', 'UNAUTHENTICATED'), { code: 'UNAUTHENTICATED' });
  t.equal(await same.renew('a', 'TOKEN_EXPIRED'), 'a', 'a cache that is late is asked again');
});

t.test('a failure of getting it is told as it is, and asked again the next time', async (t) => {
  let works = false;
  const tokens = createTokens(undefined, async () => {
    if (!works) throw new TypeError('no network');
    return 't';
  });
  await t.rejects(tokens.get(), { message: 'no network' });
  works = true;
  t.equal(await tokens.get(), 't');
});

const jwt = (payload: unknown) => `h.${Buffer.from(JSON.stringify(payload)).toString('base64url')}.s`;

t.test('a token that says when it ends is renewed a minute before', async (t) => {
  const { clock, advance, waiting } = manualClock();
  let renewed = 0;
  const exp = clock.now() / 1000 + 900;
  beforeExpiry(jwt({ exp, name: 'Zoë 😀' }), clock, () => renewed++);
  await advance(839_999);
  t.equal(renewed, 0);
  await advance(1);
  t.equal(renewed, 1);
  const end = beforeExpiry(jwt({ exp: exp + 900 }), clock, () => renewed++);
  end();
  for (const token of ['opaque', 'a.b.c', jwt({}), jwt({ exp: 'x' }), jwt({ exp: 1 }), jwt({ exp: 1e12 })]) {
    beforeExpiry(token, clock, () => renewed++);
    t.equal(waiting(), 0, token);
  }
  await advance(1e9);
  t.equal(renewed, 1);
});
