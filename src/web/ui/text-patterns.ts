/** What in a text becomes links and letters of another kind. */

// Every repetition has a bound: a text that is written to cost costs no more than its length.

/** A web address, with or without its scheme, or an e-mail address. */
export const LINK = /\b(?:https?:\/\/|www\.)[^\s<>"]+|[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}/giu;

/** Code, bold, italic, a link with its label: whichever comes first. */
export const MARKS =
  /`([^`\n]{1,500})`|\*\*(\S(?:[^\n]{0,300}?\S)?)\*\*|(?<![\w*])[*_](?=\S)([^*_\n]{0,500}?[^\s*_])[*_](?![\w*])|\[([^[\]\n]{1,300})\]\(([^\s()]{1,2000})\)/u;
