/**
 * The length of a text as people who set limits mean it: a face or a rare letter is one, not two.
 *
 * @returns the number of Unicode code points; a lone surrogate counts as one
 */
export function codePointLength(text: string): number {
  let length = text.length;
  for (let index = 0; index < text.length - 1; index += 1) {
    if (isHighSurrogate(text.charCodeAt(index)) && isLowSurrogate(text.charCodeAt(index + 1))) {
      length -= 1;
      index += 1;
    }
  }
  return length;
}

/**
 * The beginning of a text, never cut through a code point.
 *
 * @param length how many code points to keep at most
 */
export function firstCodePoints(text: string, length: number): string {
  if (text.length <= length) return text;
  let end = 0;
  for (let kept = 0; kept < length && end < text.length; kept += 1) {
    const pair = isHighSurrogate(text.charCodeAt(end)) && isLowSurrogate(text.charCodeAt(end + 1));
    end += pair ? 2 : 1;
  }
  return text.slice(0, end);
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
