/** Forms with files, as browsers send them, and as they should not. */
import type { Actor, Body, TestApp } from '../helper.ts';

/** The 67 bytes of a picture of one pixel. */
export const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

export function formWith(bytes: Uint8Array | string, name = 'file.txt', type = 'text/plain', field = 'file'): FormData {
  const form = new FormData();
  form.append(field, new Blob([bytes as Uint8Array<ArrayBuffer>], { type }), name);
  return form;
}

export interface Uploaded {
  status: number;
  body: Body;
}

/** POSTs a form as it is; `path` below `/v1`. */
export async function post(
  app: Pick<TestApp, 'url'>,
  token: string | undefined,
  form: FormData | string | Uint8Array<ArrayBuffer>,
  { path = 'attachments', method = 'POST', headers = {} }: { path?: string; method?: string; headers?: object } = {},
): Promise<Uploaded> {
  const response = await fetch(`${app.url}/v1/${path}`, {
    method,
    headers: { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...headers },
    body: form,
    duplex: 'half',
  } as RequestInit);
  return { status: response.status, body: await response.json() };
}

/** Uploads what is to be there. */
export async function upload(
  app: Pick<TestApp, 'url'>,
  { token }: Pick<Actor, 'token'>,
  bytes: Uint8Array | string = 'hello',
  name = 'file.txt',
): Promise<Body> {
  const { status, body } = await post(app, token, formWith(bytes, name));
  if (status !== 201) throw new Error(`${status} ${JSON.stringify(body)}`);
  return body;
}

/** The bytes and what is said about them. */
export async function download(
  app: Pick<TestApp, 'url'>,
  token: string | undefined,
  id: string,
  headers: Record<string, string> = {},
  query = '',
): Promise<{ status: number; bytes: Buffer; headers: Headers }> {
  const response = await fetch(`${app.url}/v1/attachments/${id}${query}`, {
    headers: { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...headers },
  });
  return { status: response.status, bytes: Buffer.from(await response.arrayBuffer()), headers: response.headers };
}
