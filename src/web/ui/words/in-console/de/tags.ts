/** Von der Seite der Schlagworte. */
import type { Text } from '../../texts.ts';
import type { tagWords as english } from '../en/tags.ts';

export const tagWords: Record<keyof typeof english, Text> = {
  tag: 'Schlagwort',
  tagsAbout: 'Die Schlagworte, die Gespräche haben. Ein neues entsteht, indem ein Gespräch es bekommt.',
  noTagsYet: 'Noch hat kein Gespräch ein Schlagwort.',
  openOnes: 'Offen',
  inAll: 'Insgesamt',
  renameIt: '{name} umbenennen',
  tagChangesIn: { one: 'Es ändert sich in einem Gespräch.', other: 'Es ändert sich in {count} Gesprächen.' },
  tagGoesFrom: { one: 'Es geht aus einem Gespräch.', other: 'Es geht aus {count} Gesprächen.' },
  tagsChanged: { one: 'Ein Gespräch geändert …', other: '{count} Gespräche geändert …' },
};
