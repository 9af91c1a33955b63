/** Flags, keys, and pictures: each with its shade, some joined to one. */
const EMOJI =
  /^\s*(?:(?:\p{RI}{2}|[\d#*]\uFE0F?\u20E3|\p{ExtPict}(?:\p{EMod}|\uFE0F)?(?:\u200D\p{ExtPict}(?:\p{EMod}|\uFE0F)?)*)\s*){1,3}$/u;

/** Whether it is one to three emoji and nothing else. */
export function isEmojiAlone(text: string): boolean {
  return text.length <= 60 && EMOJI.test(text);
}
