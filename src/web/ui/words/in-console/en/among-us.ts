/** Among the team, and with users. */
export const amongUsWords = {
  newRoom: 'New room',
  subject: 'Subject',
  whoIsIn: 'Who is in it',
  makeRoom: 'Make the room',
  writeDirectly: 'Write to them directly',
};
