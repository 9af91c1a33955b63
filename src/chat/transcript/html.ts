/** A transcript as one page that needs nothing else and can do nothing: its policy lets its own style in, and no more. */
import { createHash } from 'node:crypto';
import type { Form } from './transcript.ts';
import { authorOf, contentOf, fileText, timeText, titleOf } from './words.ts';

const STYLE = `
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 44rem; margin: 2rem auto; padding: 0 1rem; }
article { margin: 1rem 0; }
header { font-size: .85rem; opacity: .8; }
header b { font-size: 1rem; }
p { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
`;
const styleHash = createHash('sha256').update(STYLE).digest('base64');
/** Also stands in the page itself, which is opened from a disk, where no server's header is. */
export const TRANSCRIPT_POLICY = `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'`;

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

export const html: Form = {
  begin(conversation) {
    const title = escaped(titleOf(conversation));
    return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escaped(TRANSCRIPT_POLICY)}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<style>${STYLE}</style>
<h1 dir="auto">${title}</h1>
<p>Begun <time datetime="${conversation.createdAt}">${timeText(conversation.createdAt)}</time></p>
<main>
`;
  },
  message(message) {
    const { createdAt, attachments } = message;
    const lines = [contentOf(message), ...attachments.map(fileText)].filter((line) => line !== '');
    return `<article>
<header><b dir="auto">${escaped(authorOf(message))}</b> <time datetime="${createdAt}">${timeText(createdAt)}</time></header>
${lines.map((line) => `<p dir="auto">${escaped(line)}</p>\n`).join('')}</article>
`;
  },
  end: () => '</main>\n</html>\n',
};
