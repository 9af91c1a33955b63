import type { Client } from './client.ts';
import { ParleyError } from './errors.ts';
import type { Http } from './http.ts';

/** What stores files; it is loaded with the first one: most conversations have none. */
export function createUpload(http: Http): Client['upload'] {
  return async (file, progress = () => {}, signal) => {
    const { fetchWithProgress, formOf, UPLOAD_MS } = await import('./upload.ts');
    const options = { timeoutMs: UPLOAD_MS, fetch: fetchWithProgress(progress), ...(signal ? { signal } : {}) };
    try {
      return await http.json('POST', '/v1/attachments', formOf(file), options);
    } catch (error) {
      throw signal?.aborted ? new ParleyError('DISCARDED') : error;
    }
  };
}
