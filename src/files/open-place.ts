/** The place of files that the settings name. */
import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Config } from '../config.ts';
import { Folder } from './folder.ts';
import { type Place, PlaceError } from './place.ts';

export type PlaceConfig = Pick<
  Config,
  'data' | 'database' | 'files' | 's3Endpoint' | 's3Region' | 's3KeyId' | 's3SecretKey' | 's3PathStyle'
>;

const FILES = 'files';
const BUCKET = /^s3:\/\/([^/]+)\/?(.*)$/;

/** Whether they are where the data folder's backups and restores have them: in it. */
export function isInDataFolder({ files }: Pick<Config, 'files'>): boolean {
  return files === undefined;
}

/**
 * Reaches nowhere and makes nothing yet: whether a bucket is there is told by the first that is asked of it. Throws a {@link PlaceError}
 * where a folder that is named is not there: for a share that is not mounted an empty one would be made.
 */
export async function openPlace(config: PlaceConfig): Promise<Place> {
  const own = join(resolve(config.data), FILES);
  if (config.files === undefined) return new Folder(own, { shared: config.database !== undefined });
  const [, bucket, prefix = ''] = BUCKET.exec(config.files) ?? [];
  if (bucket === undefined) {
    const named = resolve(config.files);
    if (statSync(named, { throwIfNoEntry: false })?.isDirectory() !== true)
      throw new PlaceError(`${named} is no folder: files cannot be kept there.`, { isRefusal: true });
    return new Folder(named, { shared: true });
  }
  const { s3Region: region, s3KeyId: keyId = '', s3SecretKey: secretKey = '', s3PathStyle: pathStyle } = config;
  const { Bucket } = await import('./bucket/bucket.ts');
  const incoming = join(own, 'incoming');
  const endpoint = config.s3Endpoint ?? `https://s3.${region}.amazonaws.com`;
  return new Bucket(
    { bucket, prefix: prefix.replace(/\/+$/, ''), endpoint, region, keyId, secretKey, pathStyle },
    incoming,
  );
}
