/** Sends mails by the operator's mail server. */
import type { Transporter } from 'nodemailer';
import type { Letter } from '../../chat/notices/letter.ts';
import { wordingOf } from './wording.ts';

export interface MailSettings {
  publicUrl?: string;
  chatUrl?: string;
  smtpUrl?: string;
  mailFrom: string;
  mailReplyTo?: string;
}

const TIMEOUT_MS = 20_000;
const NEAR = /^(localhost$|127\.|\[?::1)/;

export type Mailer = (letter: Letter) => Promise<void>;

/** Null where there is no mail server, which is nothing without the server's own address (config.ts). */
export function createMailer(settings: MailSettings): Mailer | null {
  const { smtpUrl, publicUrl, chatUrl = publicUrl, mailFrom, mailReplyTo } = settings;
  if (smtpUrl === undefined || publicUrl === undefined || chatUrl === undefined) return null;
  const { protocol, hostname, port, username, password } = new URL(smtpUrl);
  const usual = protocol === 'smtps:' ? 465 : 587;
  const options = {
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: port === '' ? usual : Number(port),
    secure: protocol === 'smtps:',
    // A password never goes over the network in the clear.
    requireTLS: username !== '' && !NEAR.test(hostname),
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(username === '' ? {} : { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }),
  };
  // Loaded with the first letter: who sends none starts without it.
  let transport: Promise<Transporter> | null = null;
  const connected = () => {
    transport ??= import('nodemailer').then(({ createTransport }) => createTransport(options));
    return transport;
  };
  return async (letter) => {
    const { email, name } = letter.to;
    const { subject, text, unsubscribe } = wordingOf(letter, { publicUrl, chatUrl });
    const refusing = { 'List-Unsubscribe': `<${unsubscribe}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' };
    await (await connected()).sendMail({
      from: mailFrom,
      to: name === null ? email : { name, address: email },
      ...(mailReplyTo === undefined ? {} : { replyTo: mailReplyTo }),
      subject,
      text,
      headers: { 'Auto-Submitted': 'auto-generated', ...(unsubscribe === null ? {} : refusing) },
    });
  };
}
