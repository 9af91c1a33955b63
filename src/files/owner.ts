/** Whose the files in a shared place are: what another Parley keeps there would be taken away as nobody's. */
import { type Place, PlaceError } from './place.ts';

const NOTE = 'parley';

/**
 * Notes beside the files that they are `owner`'s, where no note says anything yet or says what `former` was. Throws a
 * {@link PlaceError} where it names somebody else.
 */
export async function claim(place: Place, owner: string, former: string | null = null): Promise<void> {
  if (!place.shared) return;
  const note = (await place.readNote(NOTE))?.trim();
  if (note === owner) return;
  if (note !== undefined && note !== former) {
    throw new PlaceError(
      `${place.name} holds the files of another Parley: name another place, or remove ${NOTE} there if it is not so.`,
      { isRefusal: true },
    );
  }
  await place.writeNote(NOTE, `${owner}\n`);
}
