/** The frames of a load, built from strings and read by their first bytes: parsing them would load the loader. */

const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;
const LETTER_T = 0x74;
const LETTER_O = 0x6f;
const LETTER_R = 0x72;
/** `{"re":` and `{"id":` alike. */
const NUMBER_AT = 6;
const AFTER_NUMBER = ',"type":"'.length;

/** What the messages of a load say: 80 characters, a short answer in a chat. */
export const CONTENT = 'Thank you, the second one has arrived today and it fits. Please cancel the other';

/** Gives the messages of one run ids of their own, in the order of time as version 7 has it. */
export class MessageIds {
  private readonly head: string;
  private last = 0;

  constructor() {
    const time = Date.now().toString(16).padStart(12, '0');
    this.head = `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-`;
  }

  next(): string {
    this.last += 1;
    return this.head + this.last.toString(16).padStart(12, '0');
  }
}

/** Gives the function that builds the sends of one conversation. */
export function sendFrames(conversationId: string, ids: MessageIds): (requestId: number) => string {
  const middle = `,"type":"message.send","conversationId":"${conversationId}","message":{"id":"`;
  const end = `","content":"${CONTENT}"}}`;
  return (requestId) => `{"id":${requestId}${middle}${ids.next()}${end}`;
}

/** Whether a frame is an event, not the answer to a request. */
export function isEvent(frame: Buffer): boolean {
  return frame[2] === LETTER_T;
}

/** Whether an event brings a new message. */
export function isNewMessage(event: Buffer): boolean {
  return event.subarray(0, 24).equals(CREATED);
}

const CREATED = Buffer.from('{"type":"message.created');

/** The request that a frame answers; throws for an answer that is an error. */
export function answeredBy(frame: Buffer): number {
  let at = NUMBER_AT;
  let id = 0;
  for (let digit = frame[at]; digit !== undefined && digit >= DIGIT_0 && digit <= DIGIT_9; digit = frame[at]) {
    id = id * 10 + digit - DIGIT_0;
    at += 1;
  }
  // A bare echo gives the request back.
  const fine = frame[2] !== LETTER_R || frame[at + AFTER_NUMBER] === LETTER_O;
  if (!fine || id === 0) throw new Error(`a send was refused: ${frame.toString().slice(0, 300)}`);
  return id;
}
