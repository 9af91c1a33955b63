/** What browsers are told about files that somebody uploaded: little may be shown, and nothing may act. */
import type { FastifyReply } from 'fastify';

/** Shown in a page. All else is saved: a page, a drawing or a document may hold what acts. */
const SHOWN = /^(image\/(png|jpeg|gif|webp|avif|bmp)|audio\/[a-z\d.+-]+|video\/[a-z\d.+-]+)$/;
/** Is told as mere bytes, or a browser would read it as a page. */
const MARKUP = /html|xml|svg|script/;

/** Of a file that may be on any page, as the widget is, and whose type is what was found in it. */
export function fileHeaders(reply: FastifyReply, file: { name: string; type: string }): FastifyReply {
  const shown = SHOWN.test(file.type) && !MARKUP.test(file.type);
  return reply.headers({
    'content-type': MARKUP.test(file.type) ? 'application/octet-stream' : file.type,
    'content-disposition': disposition(shown ? 'inline' : 'attachment', file.name),
    'content-security-policy': "default-src 'none'; sandbox",
    'cross-origin-resource-policy': 'cross-origin',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  });
}

/** RFC 6266: a name that every client reads, and the one of any script in RFC 8187's form. */
export function disposition(kind: 'inline' | 'attachment', name: string): string {
  const plain = name.replace(/[^\x20-\x7e]/g, '_').replace(/["\\%]/g, '_');
  const whole = encodeURIComponent(name.toWellFormed()).replace(
    /['()*!]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${kind}; filename="${plain}"; filename*=UTF-8''${whole}`;
}
