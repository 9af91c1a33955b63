import { Type } from 'typebox';

/** Mail, and when people are told of what they miss. */
export const notices = {
  smtpUrl: Type.Optional(
    Type.String({
      env: 'PARLEY_SMTP_URL',
      description:
        'The mail server: `smtp://` (TLS where it offers it; with a password always) or `smtps://`, name and password in it. ' +
        'Not set: no mail is sent. Mails lead to `PARLEY_PUBLIC_URL`.',
      example: 'smtps://parley:secret@mail.example.com',
      form: 'smtp',
      secret: true,
    }),
  ),
  mailFrom: Type.String({
    env: 'PARLEY_MAIL_FROM',
    description: 'The sender of mails.',
    default: 'Parley <parley@localhost>',
    example: '"Example <chat@example.com>"',
    form: 'line',
  }),
  mailReplyTo: Type.Optional(
    Type.String({
      env: 'PARLEY_MAIL_REPLY_TO',
      description: 'Where answers to mails go.',
      example: 'help@example.com',
      form: 'email',
    }),
  ),
  chatUrl: Type.Optional(
    Type.String({
      env: 'PARLEY_CHAT_URL',
      description: 'The page with the chat on it to which mails lead people back. Not set: `PARLEY_PUBLIC_URL`.',
      example: 'https://example.com/help',
      form: 'page',
    }),
  ),
  noticeDelayMs: Type.Integer({
    env: 'PARLEY_NOTICE_DELAY_MS',
    description: 'Milliseconds that a message stays unread by somebody who is not there until they are told.',
    default: 120_000,
    minimum: 1_000,
    maximum: 86_400_000,
    example: '300000',
  }),
  noticeQuietMs: Type.Integer({
    env: 'PARLEY_NOTICE_QUIET_MS',
    description: 'Milliseconds in which somebody is told of the same conversation once at most.',
    default: 3_600_000,
    minimum: 60_000,
    maximum: 604_800_000,
    example: '86400000',
  }),
  queueNoticeMs: Type.Integer({
    env: 'PARLEY_QUEUE_NOTICE_MS',
    description: 'Milliseconds that a customer waits without an open console until those are told who chose so.',
    default: 120_000,
    minimum: 1_000,
    maximum: 86_400_000,
    example: '60000',
  }),
  noticeText: Type.Boolean({
    env: 'PARLEY_NOTICE_TEXT',
    description: 'Whether mails and push messages have the beginning of the newest message in them.',
    default: false,
    example: 'true',
  }),
};
