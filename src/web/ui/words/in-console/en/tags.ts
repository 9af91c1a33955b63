/** Of the page of tags. */
import type { Text } from '../../texts.ts';

export const tagWords = {
  tag: 'Tag',
  tagsAbout: 'The tags that conversations have. One is made by giving it to a conversation.',
  noTagsYet: 'No conversation has a tag yet.',
  openOnes: 'Open',
  inAll: 'In all',
  renameIt: 'Rename {name}',
  tagChangesIn: { one: 'It changes in one conversation.', other: 'It changes in {count} conversations.' },
  tagGoesFrom: { one: 'It goes from one conversation.', other: 'It goes from {count} conversations.' },
  tagsChanged: { one: 'One conversation changed…', other: '{count} conversations changed…' },
} satisfies Record<string, Text>;
