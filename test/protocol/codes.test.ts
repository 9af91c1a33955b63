import t from 'tap';
import { afterClose, closeCodes } from '../../src/protocol/close-codes.ts';
import { CODES, errors } from '../../src/protocol/errors.ts';
import { retryAfterSeconds, toHttpFailure } from '../../src/protocol/http-failure.ts';
import { misshapen, Refusal } from '../../src/protocol/refusal.ts';

t.test('every code has its status, a sentence for people, and a name of its status', async (t) => {
  const byStatus = Object.groupBy(CODES, (code) => String(errors[code].status));
  t.same(byStatus, {
    400: ['VALIDATION', 'BAD_JSON', 'UNKNOWN_TYPE'],
    401: ['UNAUTHENTICATED', 'TOKEN_EXPIRED', 'MERGED'],
    403: ['FORBIDDEN', 'BLOCKED'],
    404: ['NOT_FOUND'],
    409: [
      'ID_REUSED',
      'ALREADY_CLAIMED',
      'NEWER_MESSAGES',
      'CLOSED',
      'STREAMING',
      'EDIT_WINDOW',
      'DELETED',
      'NO_BOT',
      'ATTACHMENT_GONE',
      'IN_USE',
    ],
    413: ['TOO_LARGE'],
    415: ['UNSUPPORTED_TYPE'],
    429: ['RATE_LIMITED'],
    500: ['INTERNAL'],
    502: ['BOT_FAILED'],
    503: ['OVERLOADED'],
    504: ['BOT_LATE'],
    507: ['STORAGE_FULL'],
  });
  for (const code of CODES) {
    const failure = toHttpFailure(new Refusal(code));
    t.equal(failure.statusCode, errors[code].status);
    t.not(failure.error, 'Error', `${code} names its status`);
    t.match(failure.message, /^[A-Z].*\.$/, `${code} is a sentence`);
  }
});

t.test('a refusal is told as it was made, and says nothing that it was not given', async (t) => {
  t.same(new Refusal('NOT_FOUND').toFailure(), { code: 'NOT_FOUND', message: errors.NOT_FOUND.message });
  const late = new Refusal('RATE_LIMITED', { message: 'Slowly.', retryMs: 1200, details: { seq: 3 } });
  t.same(late.toFailure(), { code: 'RATE_LIMITED', message: 'Slowly.', retryMs: 1200, details: { seq: 3 } });
  t.same(toHttpFailure(late), {
    statusCode: 429,
    code: 'RATE_LIMITED',
    error: 'Too Many Requests',
    message: 'Slowly.',
    retryMs: 1200,
    details: { seq: 3 },
  });
  t.ok(late instanceof Error);
  t.equal(retryAfterSeconds(late), 2, 'rounded up: never earlier than retryMs');
  t.equal(retryAfterSeconds(new Refusal('RATE_LIMITED', { retryMs: 0 })), 1);
  t.equal(retryAfterSeconds(new Refusal('NOT_FOUND')), null);
});

t.test('a shape is refused in words that name the field', async (t) => {
  t.same(misshapen('message.content', 'is required').toFailure(), {
    code: 'VALIDATION',
    message: 'message.content is required.',
    details: { path: 'message.content', rule: 'is required' },
  });
  t.same(misshapen('', 'must be an object', 'BAD_JSON').toFailure(), {
    code: 'BAD_JSON',
    message: 'This must be an object.',
    details: { path: '', rule: 'must be an object' },
  });
});

t.test('the number of a close says what to do', async (t) => {
  const told = Object.groupBy(Object.entries(closeCodes), ([, code]) => afterClose(code));
  const names = (entries: [string, number][] = []) => entries.map(([name, code]) => `${code} ${name}`);
  t.same(names(told.now), ['4000 SLOW', '4001 AUTH_CHANGED', '4002 TOKEN_EXPIRED', '4003 HELLO_LATE']);
  t.same(names(told.later), ['4100 RESTART', '4101 TOO_MANY_SOCKETS', '4102 OVERLOADED']);
  t.same(names(told.never), ['4200 BAD_FRAMES', '4201 SIGNED_OUT', '4202 BLOCKED']);
  t.same([4099, 4199, 4299].map(afterClose), ['now', 'later', 'never'], 'one of a later version is read by its range');
  t.same([1000, 1001, 1006, 1009, 4300].map(afterClose), Array(5).fill('later'), 'all others come back later');
});
