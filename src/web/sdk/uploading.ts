import type { Limits } from '../../protocol/answers.ts';
import type { Client } from './client.ts';
import { ParleyError } from './errors.ts';
import type { Http } from './http.ts';
import type { LoadPart } from './parts.ts';

/** What stores files; it is loaded with the first one: most conversations have none. @param limits as they are now */
export function createUpload(http: Http, load: LoadPart, limits: () => Limits | undefined): Client['upload'] {
  return async (file, progress = () => {}, signal) => {
    // Whether a browser hears the server's refusal over what it is still sending is a matter of luck.
    const { maxFile = Infinity } = limits() ?? {};
    if (file.size > maxFile) throw new ParleyError('TOO_LARGE', 'the file', undefined, { maxFile });
    const { fetchWithProgress, formOf, UPLOAD_MS } = await load('upload');
    const options = { timeoutMs: UPLOAD_MS, fetch: fetchWithProgress(progress), ...(signal ? { signal } : {}) };
    try {
      return await http.json('POST', '/v1/attachments', formOf(file), options);
    } catch (error) {
      throw signal?.aborted ? new ParleyError('DISCARDED') : error;
    }
  };
}
