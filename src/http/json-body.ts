/** Bodies: JSON in UTF-8 and nothing else, of a bounded size and depth. */
import { isUtf8 } from 'node:buffer';
import fp from 'fastify-plugin';
import { tooDeep } from '../protocol/json-depth.ts';
import { MAX_BODY_BYTES, MAX_JSON_DEPTH } from '../protocol/limits.ts';
import { misshapen, Refusal } from '../protocol/refusal.ts';

export const jsonBody = fp(async (app) => {
  // It refuses `__proto__` and `constructor.prototype` as keys.
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<Buffer>(
    'application/json',
    { parseAs: 'buffer', bodyLimit: MAX_BODY_BYTES },
    (request, body, done) => {
      if (body.length === 0) return done(null, undefined);
      const { 'content-encoding': coding = 'identity' } = request.headers;
      if (coding.trim().toLowerCase() !== 'identity') {
        return done(new Refusal('UNSUPPORTED_TYPE', { message: 'A compressed body is not taken.' }));
      }
      // Bad bytes would be kept as something else than what was sent.
      if (!isUtf8(body)) return done(misshapen('', 'must be JSON in UTF-8', 'BAD_JSON'));
      parse(request, body.toString(), (error, value) => {
        if (error !== null) done(misshapen('', 'must be JSON', 'BAD_JSON'));
        else if (tooDeep(value, MAX_JSON_DEPTH)) done(misshapen('', `must nest at most ${MAX_JSON_DEPTH} deep`));
        else done(null, value);
      });
    },
  );
});
