// Lone surrogates are refused because a store keeps them as something else (U+FFFD), and a retry would then differ
// from what was kept. CR passes here: normalising turns it into LF.

/** What a message's content may hold: everything but control characters other than LF, CR and TAB, and lone surrogates. */
export const CONTENT_PATTERN = '^[^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f\\ud800-\\udfff]*$';

/** The rule that {@link CONTENT_PATTERN} says, to follow the words "must be". */
export const CONTENT_RULE = 'text without control characters (other than line feed and tab) and lone surrogates';

const contentExpression = new RegExp(CONTENT_PATTERN, 'u');

/**
 * Judges the characters of a content, before or after it is normalised; its length is another matter.
 *
 * @returns the rule that it breaks, to follow the field's name; null when it breaks none
 */
export function contentProblem(text: string): string | null {
  return contentExpression.test(text) ? null : `must be ${CONTENT_RULE}`;
}

/**
 * A content as it is kept and compared: CRLF and CR become LF, white space at both ends goes, nothing else changes.
 * Normalising what is already normal changes nothing.
 */
export function normaliseContent(text: string): string {
  return (text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text).trim();
}
