/** What a host does to name the user of its page. */
import { createHmac } from 'node:crypto';

export const SECRET = 'a secret of the host, long enough to be one';

/** An identity as the host's server makes it; good for a minute when `exp` (Unix seconds) is not given. */
export function identityFor(externalId: string, { secret = SECRET, exp = Math.floor(Date.now() / 1000) + 60 } = {}) {
  return { externalId, exp, hmac: createHmac('sha256', secret).update(`${externalId}.${exp}`).digest('hex') };
}
