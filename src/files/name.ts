/** Names of files as people gave them: told and shown, never a path on this server. */
import { firstCodePoints } from '../protocol/code-points.ts';
import { MAX_FILE_NAME_LENGTH } from '../protocol/limits.ts';

/** The types of text files, which nothing inside tells apart. */
const TEXTS = new Map([
  ['txt', 'text/plain'],
  ['log', 'text/plain'],
  ['csv', 'text/csv'],
  ['md', 'text/markdown'],
  ['ics', 'text/calendar'],
  ['vcf', 'text/vcard'],
  ['json', 'application/json'],
  ['rtf', 'application/rtf'],
  ['css', 'text/css'],
]);

/** What does something when it is opened by this name, whatever is in it: a picture can be a page too. */
const ACTING = new Map([
  ['svg', 'image/svg+xml'],
  ['svgz', 'image/svg+xml'],
  ['html', 'text/html'],
  ['htm', 'text/html'],
  ['hta', 'text/html'],
  ['xhtml', 'application/xhtml+xml'],
  ['xml', 'application/xml'],
  ['xsl', 'application/xml'],
  ['js', 'text/javascript'],
  ['mjs', 'text/javascript'],
  ['jar', 'application/java-archive'],
  ['sh', 'application/x-sh'],
  ...['exe', 'com', 'scr', 'msi', 'bat', 'cmd', 'ps1', 'vbs', 'wsf', 'lnk', 'url', 'reg'].map(
    (extension) => [extension, 'application/x-msdownload'] as const,
  ),
]);

/** Of containers that are used for several. */
const DOCUMENTS = new Map([
  ['docx', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
  ['xlsx', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
  ['pptx', 'application/vnd.openxmlformats-officedocument.presentationml.presentation'],
  ['odt', 'application/vnd.oasis.opendocument.text'],
  ['ods', 'application/vnd.oasis.opendocument.spreadsheet'],
  ['odp', 'application/vnd.oasis.opendocument.presentation'],
  ['doc', 'application/msword'],
  ['xls', 'application/vnd.ms-excel'],
  ['ppt', 'application/vnd.ms-powerpoint'],
]);

/** What a link's name says that is behind it. */
const PICTURES = new Map([
  ['png', 'image/png'],
  ['jpg', 'image/jpeg'],
  ['jpeg', 'image/jpeg'],
  ['gif', 'image/gif'],
  ['webp', 'image/webp'],
  ['avif', 'image/avif'],
  ['pdf', 'application/pdf'],
  ['mp3', 'audio/mpeg'],
  ['mp4', 'video/mp4'],
  ['webm', 'video/webm'],
  ['zip', 'application/zip'],
]);

function extensionOf(name: string): string {
  return /\.([A-Za-z0-9]{1,10})$/.exec(name)?.[1]?.toLowerCase() ?? '';
}

/** Null where the name alone decides nothing. */
export function actingTypeOf(name: string): string | null {
  return ACTING.get(extensionOf(name)) ?? null;
}

export function textTypeOf(name: string): string {
  return TEXTS.get(extensionOf(name)) ?? 'text/plain';
}

export function documentTypeOf(name: string): string | null {
  return DOCUMENTS.get(extensionOf(name)) ?? null;
}

/** Of what nobody has looked into. */
export function typeByName(name: string): string {
  const extension = extensionOf(name);
  const maps = [PICTURES, TEXTS, DOCUMENTS, ACTING];
  return maps.map((map) => map.get(extension)).find((type) => type !== undefined) ?? 'application/octet-stream';
}

/** Control characters, what turns the direction of writing (`exe.gpj`), lone surrogates: no part of a name. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: taking them out is the point
const UNSHOWABLE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\p{Cs}]/gu;

/** One line, without folders, never empty, its extension kept. */
export function cleanName(given: string | undefined): string {
  const last = (given ?? '').split(/[/\\]/).at(-1) ?? '';
  const name = last.replace(UNSHOWABLE, '').trim();
  if (name === '' || /^\.+$/.test(name)) return 'file';
  const end = extensionOf(name);
  const ending = end === '' ? '' : name.slice(-end.length - 1);
  const stem = firstCodePoints(name.slice(0, name.length - ending.length), MAX_FILE_NAME_LENGTH - ending.length);
  return `${stem}${ending}`;
}
