import manifest from '../../package.json' with { type: 'json' };

/** Put in by bin/build-binary.mjs; in a checkout there is none. */
declare const PARLEY_COMMIT: string | undefined;

/** The version of this Parley. */
export const version: string = manifest.version;

/** The commit that the one binary was built from; null in a checkout. */
const commit: string | null = typeof PARLEY_COMMIT === 'undefined' ? null : PARLEY_COMMIT;

/** Both, for people. */
export const versionText: string = commit === null ? version : `${version} (${commit})`;
