/** A transcript to read in any editor. */
import type { Form } from './transcript.ts';
import { authorOf, contentOf, fileText, timeText, titleOf } from './words.ts';

/** Further lines are set in, so that none of them can look like another message. */
const FURTHER = '\n    ';

export const text: Form = {
  begin: (conversation) => `${titleOf(conversation)}\nBegun ${timeText(conversation.createdAt)}\n\n`,
  message(message) {
    const lines = [contentOf(message), ...message.attachments.map(fileText)].filter((line) => line !== '');
    return `[${timeText(message.createdAt)}] ${authorOf(message)}: ${lines.join('\n').replaceAll('\n', FURTHER)}\n`;
  },
  end: () => '',
};
