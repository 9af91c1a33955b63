import type { Client } from './client.ts';
import { ParleyError } from './errors.ts';
import type { Http } from './http.ts';
import type { LoadPart } from './parts.ts';

/** What stores files; it is loaded with the first one: most conversations have none. */
export function createUpload(http: Http, load: LoadPart): Client['upload'] {
  return async (file, progress = () => {}, signal) => {
    const { fetchWithProgress, formOf, UPLOAD_MS } = await load('upload');
    const options = { timeoutMs: UPLOAD_MS, fetch: fetchWithProgress(progress), ...(signal ? { signal } : {}) };
    try {
      return await http.json('POST', '/v1/attachments', formOf(file), options);
    } catch (error) {
      throw signal?.aborted ? new ParleyError('DISCARDED') : error;
    }
  };
}
