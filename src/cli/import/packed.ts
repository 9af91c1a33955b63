/** A message as it is handed over and put in order: without its fields' names, which most of it would else be. */
import type { Place, StagedMessage } from './staged.ts';

export interface PackedMessage {
  /** By what it is put in order. */
  conversation: string;
  at: number;
  line: number;
  data: string;
}

export function packed(message: StagedMessage, line: number): PackedMessage {
  const { conversation, at } = message;
  const data = JSON.stringify([
    message.id,
    message.piece,
    conversation,
    at,
    message.author,
    message.receiver,
    message.word,
    message.name,
    message.title,
    message.moderator,
    message.content,
    message.editedAt,
    message.deletedAt,
    message.read,
    message.readAt,
    message.url,
    message.fileName,
  ]);
  return { conversation, at, line, data };
}

/** Written out: an object that grows field by field is a slow one, and there are millions. */
export function unpacked(data: string, file: number, line: number): StagedMessage & Place {
  const values = JSON.parse(data);
  return {
    id: values[0],
    piece: values[1],
    conversation: values[2],
    at: values[3],
    author: values[4],
    receiver: values[5],
    word: values[6],
    name: values[7],
    title: values[8],
    moderator: values[9],
    content: values[10],
    editedAt: values[11],
    deletedAt: values[12],
    read: values[13],
    readAt: values[14],
    url: values[15],
    fileName: values[16],
    file,
    line,
  };
}
