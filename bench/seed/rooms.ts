/** Rooms of different sizes, each with a sender beside those who hear. */
import { Seed } from './seed.ts';

export interface Room {
  hearers: number;
  conversation: string;
  /** The sender's first. */
  tokens: string[];
}

export async function seedRooms(folder: string, sizes: readonly number[]): Promise<Room[]> {
  const seed = await Seed.in(folder);
  const rooms = sizes.map((hearers): Room => {
    const people = Array.from({ length: hearers + 1 }, (_, place) =>
      seed.person('user', `Somebody ${place + 1}`, true),
    );
    const { uuid } = seed.room(`call-${hearers}`, people);
    return { hearers, conversation: uuid, tokens: people.map(({ token }) => token ?? '') };
  });
  seed.end();
  return rooms;
}
