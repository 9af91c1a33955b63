/** A page of a bucket's list, in S3's XML (ListObjectsV2): of it the keys and where the next one begins. */

const NAMED = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);

/** A text between tags, as XML writes it. */
function plain(text: string): string {
  return text.replaceAll(
    /&(?:#x([\da-f]+)|#(\d+)|(\w+));/gi,
    (whole, hex?: string, decimal?: string, name?: string) => {
      if (name !== undefined) return NAMED.get(name) ?? whole;
      return String.fromCodePoint(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16));
    },
  );
}

/** Keys in their order; `next` is null at the list's end. Throws where it is no such page. */
export function keysIn(xml: string): { keys: string[]; next: string | null } {
  if (!/<ListBucketResult\b/.test(xml)) throw new Error('the store answers with something that is no list');
  const keys = [...xml.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key = '']) => plain(key));
  const truncated = /<IsTruncated>\s*true\s*<\/IsTruncated>/.test(xml);
  const next = /<NextContinuationToken>([^<]*)<\/NextContinuationToken>/.exec(xml)?.[1];
  return { keys, next: truncated && next !== undefined ? plain(next) : null };
}
