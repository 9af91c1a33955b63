/** What the browser does with passkeys: makes one, and asks for one. It asks its owner itself. */
import type { PasskeyOptions } from '../../../protocol/http-passkeys.ts';
import { post, type SignedIn } from './post.ts';

/** Whether this browser can, on this page: it needs TLS, or one's own machine. */
export function canPasskeys(): boolean {
  return typeof PublicKeyCredential !== 'undefined' && 'parseRequestOptionsFromJSON' in PublicKeyCredential;
}

/** Signs in by whichever key its owner chooses. Throws the browser's DOMException when they choose none. */
export async function askForKey(): Promise<SignedIn> {
  const { options } = await post<PasskeyOptions>('passkey/begin', {});
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(
    options as unknown as PublicKeyCredentialRequestOptionsJSON,
  );
  const credential = (await navigator.credentials.get({ publicKey })) as PublicKeyCredential;
  return post<SignedIn>('passkey', { response: credential.toJSON(), cookie: true });
}

/** Has the browser make a key. @returns what the server is to keep of it */
export async function makeKey({ options }: PasskeyOptions): Promise<unknown> {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(
    options as unknown as PublicKeyCredentialCreationOptionsJSON,
  );
  return ((await navigator.credentials.create({ publicKey })) as PublicKeyCredential).toJSON();
}
