/** Unter uns, und mit Nutzern. */
export const amongUsWords = {
  newRoom: 'Neuer Raum',
  subject: 'Thema',
  whoIsIn: 'Wer darin ist',
  makeRoom: 'Raum anlegen',
  writeDirectly: 'Direkt schreiben',
};
