const EMOJI =
  /^\s*(?:(?:\p{Regional_Indicator}{2}|(?![\d#*])\p{Emoji}(?:\p{EMod}|\uFE0F)?(?:\u200D\p{Emoji}(?:\p{EMod}|\uFE0F)?)*|[\d#*]\uFE0F?\u20E3)\s*){1,3}$/u;

/** Whether it is one to three emoji and nothing else. */
export function isEmojiAlone(text: string): boolean {
  return text.length <= 60 && EMOJI.test(text);
}
