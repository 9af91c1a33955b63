/** How long one may take, in milliseconds: a large file on a slow line takes what it takes. */
export const UPLOAD_MS = 600_000;

type Browser = new () => {
  open(method: string, url: string): void;
  setRequestHeader(name: string, value: string): void;
  send(body: unknown): void;
  abort(): void;
  readonly status: number;
  readonly responseText: string;
  readonly upload: { onprogress: ((event: { loaded: number; total: number }) => void) | null };
  onload: (() => void) | null;
  onerror: (() => void) | null;
};

export function formOf(file: Blob): FormData {
  const form = new FormData();
  form.append('file', file, (file as { name?: string }).name ?? 'file');
  return form;
}

/** A fetch that tells how much of the body has left, where the browser can tell; fetch itself tells nothing. */
export function fetchWithProgress(progress: (part: number) => void): typeof fetch {
  const Request = (globalThis as unknown as { XMLHttpRequest?: Browser }).XMLHttpRequest;
  if (!Request) return fetch;
  return (url, { method = 'GET', headers = {}, body, signal } = {}) =>
    new Promise((resolve, reject) => {
      const request = new Request();
      request.open(method, `${url}`);
      for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value as string);
      request.upload.onprogress = ({ loaded, total }) => progress(total ? loaded / total : 0);
      request.onerror = () => reject(new TypeError('the upload broke off'));
      request.onload = () => resolve(new Response(request.responseText, { status: request.status }));
      const end = () => {
        request.abort();
        reject(new TypeError('the upload was ended'));
      };
      if (signal?.aborted) return end();
      signal?.addEventListener('abort', end);
      request.send(body);
    });
}
