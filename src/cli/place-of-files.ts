/** Where a command finds the files that belong to a data folder. */
import type { Config } from '../config.ts';
import { StartError } from '../db/start-error.ts';
import { isInDataFolder, openPlace } from '../files/open-place.ts';
import { type Place, PlaceError } from '../files/place.ts';

/**
 * Has `use` work with the place that the settings name; null: the files are in the data folder. Throws a `StartError`
 * where it does not do its part.
 */
export async function withPlace<T>(config: Config, use: (place: Place | null) => Promise<T>): Promise<T> {
  let place: Place | null = null;
  try {
    place = isInDataFolder(config) ? null : await openPlace(config);
    return await use(place);
  } catch (error) {
    throw error instanceof PlaceError ? new StartError(error.message, { cause: error }) : error;
  } finally {
    await place?.close();
  }
}
