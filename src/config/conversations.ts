import { Type } from 'typebox';
import { DEFAULT_MESSAGE_LENGTH, EDIT_WINDOW_MS } from '../protocol/limits.ts';

/** What people may do in conversations, and what is kept about visitors. */
export const conversations = {
  direct: Type.Enum(['everybody', 'team', 'nobody'], {
    env: 'PARLEY_DIRECT',
    description: 'Who may begin a direct conversation; `team`: one of the two is of the team.',
    default: 'team',
    example: 'everybody',
  }),
  keepAddress: Type.Boolean({
    env: 'PARLEY_KEEP_ADDRESS',
    description:
      "Whether a visitor's IP address and user agent are kept with the conversation (only the team sees them) " +
      'and addresses stand in the log.',
    default: true,
    example: 'false',
  }),
  maxLength: Type.Integer({
    env: 'PARLEY_MAX_LENGTH',
    description: "Code points in a user's message. The team and bots may write 10,000.",
    default: DEFAULT_MESSAGE_LENGTH,
    minimum: 1,
    maximum: 10_000,
    example: '4000',
  }),
  editWindowMs: Type.Integer({
    env: 'PARLEY_EDIT_WINDOW_MS',
    description: 'Milliseconds in which authors may edit their message; 0 forbids it.',
    default: EDIT_WINDOW_MS,
    minimum: 0,
    maximum: 10 * 365 * 24 * 60 * 60 * 1000,
    example: '900000',
  }),
};
