/**
 * A text as a WebSocket frame of a server: whole, not masked, not compressed (RFC 6455, section 5.2). Made once for all
 * who get it, and written in one piece, where ws makes a head for each receiver and writes two.
 */
const WHOLE_TEXT = 0x81;
/** Longer payloads tell their length in two bytes more, and from 64 KiB on in eight. */
const SHORT = 126;
const MIDDLE = 0x1_0000;

export function textFrame(text: string): Buffer {
  const length = Buffer.byteLength(text);
  const head = length < SHORT ? 2 : length < MIDDLE ? 4 : 10;
  const frame = Buffer.allocUnsafe(head + length);
  frame[0] = WHOLE_TEXT;
  if (head === 2) frame[1] = length;
  else if (head === 4) {
    frame[1] = SHORT;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = SHORT + 1;
    frame.writeUInt32BE(0, 2);
    frame.writeUInt32BE(length, 6);
  }
  frame.write(text, head);
  return frame;
}
