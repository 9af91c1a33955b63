/** Of what is done to several conversations at once. */
import type { Text } from '../../texts.ts';

export const many = {
  chooseSeveral: 'Choose several',
  chooseIt: 'Choose {name}',
  nChosen: { one: 'One chosen', other: '{count} chosen' },
  chooseAll: 'All of these',
  chooseNone: 'Choose none',
  nClosed: { one: 'One closed.', other: '{count} closed.' },
  nTaken: { one: 'You took one on.', other: 'You took {count} on.' },
  nPassedOn: { one: 'One passed on.', other: '{count} passed on.' },
  someNot: { one: 'One was not: {why}', other: '{count} were not: {why}' },
  keyChoose: 'Choose, together with others',
} satisfies Record<string, Text>;
