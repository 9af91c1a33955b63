import type { Attachment } from '../../protocol/attachment.ts';
import { asParleyError, failed, isAboutToken, ParleyError } from './errors.ts';
import type { Http } from './http.ts';
import type { Tokens } from './token.ts';

/** Uploading has no time limit but this silence, in milliseconds: a large file on a slow line takes what it takes. */
const UPLOAD_MS = 600_000;

type Request = {
  open(method: string, url: string): void;
  setRequestHeader(name: string, value: string): void;
  send(body: FormData): void;
  readonly status: number;
  readonly responseText: string;
  readonly upload: { onprogress: ((event: { loaded: number; total: number }) => void) | null };
  onload: (() => void) | null;
  onerror: (() => void) | null;
};

/** Stores a file on the server. Its progress can be told in browsers alone: fetch tells none. */
export async function uploadFile(
  url: string,
  http: Http,
  tokens: Tokens,
  file: Blob,
  progress?: (part: number) => void,
): Promise<Attachment> {
  const Browser = (globalThis as unknown as { XMLHttpRequest?: new () => Request }).XMLHttpRequest;
  const form = new FormData();
  form.append('file', file, (file as { name?: string }).name ?? 'file');
  if (!progress || !Browser) return http.json('POST', '/v1/attachments', form, { timeoutMs: UPLOAD_MS });
  const send = (token: string) =>
    new Promise<Attachment>((resolve, reject) => {
      const request = new Browser();
      request.open('POST', `${url}/v1/attachments`);
      request.setRequestHeader('authorization', `Bearer ${token}`);
      request.upload.onprogress = ({ loaded, total }) => progress(total ? loaded / total : 0);
      request.onerror = () => reject(new ParleyError('NETWORK', 'the upload broke off'));
      request.onload = () => {
        try {
          const body = JSON.parse(request.responseText);
          if (request.status < 300) resolve(body);
          else reject(failed(body));
        } catch (error) {
          reject(asParleyError(error));
        }
      };
      request.send(form);
    });
  const token = await tokens.get();
  try {
    return await send(token);
  } catch (error) {
    const { code } = asParleyError(error);
    if (!isAboutToken(code)) throw error;
    return send(await tokens.renew(token, code));
  }
}
