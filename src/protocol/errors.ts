/** Every error that Parley answers: its code for programs, its HTTP status, and what a person reads by default. */
export const errors = {
  VALIDATION: { status: 400, message: 'The request does not have the expected shape.' },
  BAD_JSON: { status: 400, message: 'This is not JSON.' },
  UNKNOWN_TYPE: { status: 400, message: 'There is no request of this type.' },

  UNAUTHENTICATED: { status: 401, message: 'A valid credential is needed.' },
  TOKEN_EXPIRED: { status: 401, message: 'The token has expired; get a new one.' },
  MERGED: { status: 401, message: 'This visitor now has a name: read your token again, make no new visitor.' },

  FORBIDDEN: { status: 403, message: 'You may not do this.' },
  BLOCKED: { status: 403, message: 'You have been blocked.' },

  NOT_FOUND: { status: 404, message: 'There is nothing here, or nothing for you.' },

  ID_REUSED: { status: 409, message: 'This id already belongs to something else.' },
  ALREADY_CLAIMED: { status: 409, message: 'Somebody else has this conversation already.' },
  NEWER_MESSAGES: { status: 409, message: 'There are newer messages that you have not seen.' },
  CLOSED: { status: 409, message: 'The conversation is closed.' },
  STREAMING: { status: 409, message: 'The message is still being written.' },
  EDIT_WINDOW: { status: 409, message: 'The time for editing this message is over.' },
  DELETED: { status: 409, message: 'The message was deleted.' },
  NO_BOT: { status: 409, message: 'No bot answers in this conversation.' },
  ATTACHMENT_GONE: {
    status: 409,
    message: 'An attachment is not there any more: upload it again and send the same id.',
  },
  IN_USE: { status: 409, message: 'This is taken already.' },

  TOO_LARGE: { status: 413, message: 'This is too large.' },
  UNSUPPORTED_TYPE: { status: 415, message: 'This type of content is not taken.' },
  RATE_LIMITED: { status: 429, message: 'Too many requests; wait a little.' },

  INTERNAL: { status: 500, message: 'Something went wrong on the server.' },
  BOT_FAILED: { status: 502, message: 'The bot failed; your message is kept.' },
  OVERLOADED: { status: 503, message: 'The server has too much to do; try again soon.' },
  BOT_LATE: { status: 504, message: 'The bot did not answer in time; your message is kept.' },
  STORAGE_FULL: { status: 507, message: 'The server has no room left to store this.' },
} as const satisfies Record<string, { status: number; message: string }>;

export type Code = keyof typeof errors;

/** Every code, in the order of the table. */
export const CODES = Object.keys(errors) as Code[];

/** The codes that tell which field broke which rule. */
export type ShapeCode = 'VALIDATION' | 'BAD_JSON' | 'UNKNOWN_TYPE';
