/** Headers that tell browsers how little what comes from here may do. */
import helmet from '@fastify/helmet';
import fp from 'fastify-plugin';

const YEAR_S = 365 * 24 * 60 * 60;

/** @param options.publicUrl where it begins with https, browsers are told to stay with that */
export const securityHeaders = fp<{ publicUrl: string | undefined }>(async (app, { publicUrl }) => {
  const secure = publicUrl?.startsWith('https:') ?? false;
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'"],
        connectSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    frameguard: { action: 'deny' },
    referrerPolicy: { policy: 'no-referrer' },
    // Other hosts of the same domain are not this server's to decide about.
    hsts: secure ? { maxAge: YEAR_S, includeSubDomains: false } : false,
  });

  // Answers of the API hold tokens and what one person may read.
  app.addHook('onRequest', async (request, reply) => {
    if (request.url.startsWith('/v1/')) reply.header('cache-control', 'no-store');
  });
});
