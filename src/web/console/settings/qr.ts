/** A QR code (ISO/IEC 18004) of a short text: bytes, error correction M, versions 1 to 20. Drawn here, asked of nobody. */

/** Of each version at M: check words a block, and blocks. */
const CHECKS = [10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26];
const BLOCKS = [1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16];

/** Rows of modules, true where it is dark; without the quiet zone of 4 around it. Throws when the text is too long. */
export function qrOf(text: string): boolean[][] {
  const bytes = new TextEncoder().encode(text);
  const version = CHECKS.findIndex((_, index) => bytes.length <= roomOf(index + 1)) + 1;
  if (version === 0) throw new RangeError('too long for a QR code');
  const code = new Code(version);
  code.write(withChecks(dataOf(bytes, version), version));
  return code.masked();
}

/** Bytes of text that a version holds. */
function roomOf(version: number): number {
  return dataWords(version) - (version < 10 ? 2 : 3);
}

function rawWords(version: number): number {
  let bits = (16 * version + 128) * version + 64;
  if (version >= 2) {
    const marks = Math.floor(version / 7) + 2;
    bits -= (25 * marks - 10) * marks - 55;
  }
  if (version >= 7) bits -= 36;
  return Math.floor(bits / 8);
}

function dataWords(version: number): number {
  return rawWords(version) - at(CHECKS, version - 1) * at(BLOCKS, version - 1);
}

/** The bits of mode (bytes) and length, the text, the end, and padding. */
function dataOf(bytes: Uint8Array, version: number): number[] {
  const bits: number[] = [];
  const put = (value: number, length: number) => {
    for (let bit = length - 1; bit >= 0; bit--) bits.push((value >> bit) & 1);
  };
  put(4, 4);
  put(bytes.length, version < 10 ? 8 : 16);
  for (const byte of bytes) put(byte, 8);
  put(0, Math.min(4, dataWords(version) * 8 - bits.length));
  put(0, -bits.length & 7);
  for (let pad = 0xec; bits.length < dataWords(version) * 8; pad ^= 0xec ^ 0x11) put(pad, 8);
  return Array.from({ length: bits.length / 8 }, (_, index) =>
    bits.slice(index * 8, index * 8 + 8).reduce((byte, bit) => byte * 2 + bit, 0),
  );
}

/** The words in blocks, each with its check words, read across the blocks. */
function withChecks(data: number[], version: number): number[] {
  const checks = at(CHECKS, version - 1);
  const count = at(BLOCKS, version - 1);
  const short = Math.floor(data.length / count);
  const shortBlocks = count - (data.length % count);
  const divisor = divisorOf(checks);
  const blocks: number[][] = [];
  for (let index = 0, from = 0; index < count; index++) {
    const words = data.slice(from, from + short + (index < shortBlocks ? 0 : 1));
    blocks.push(words);
    from += words.length;
  }
  const remainders = blocks.map((words) => remainderOf(words, divisor));
  const across = (rows: number[][], length: number) =>
    Array.from({ length }, (_, column) => rows.flatMap((row) => row[column] ?? [])).flat();
  return [...across(blocks, short + 1), ...across(remainders, checks)];
}

/** In GF(2^8) over x^8 + x^4 + x^3 + x^2 + 1. */
function multiply(one: number, other: number): number {
  let product = 0;
  for (let bit = 7; bit >= 0; bit--) {
    product = (product << 1) ^ ((product >>> 7) * 0x11d);
    product ^= ((other >>> bit) & 1) * one;
  }
  return product;
}

/** The Reed-Solomon divisor of a degree, without its leading 1. */
function divisorOf(degree: number): number[] {
  const divisor = [...new Array<number>(degree - 1).fill(0), 1];
  let root = 1;
  for (let step = 0; step < degree; step++) {
    for (let index = 0; index < degree; index++) {
      divisor[index] = multiply(at(divisor, index), root) ^ (divisor[index + 1] ?? 0);
    }
    root = multiply(root, 2);
  }
  return divisor;
}

function remainderOf(words: number[], divisor: number[]): number[] {
  const remainder = divisor.map(() => 0);
  for (const word of words) {
    const factor = word ^ (remainder.shift() as number);
    remainder.push(0);
    divisor.forEach((coefficient, index) => {
      remainder[index] = at(remainder, index) ^ multiply(coefficient, factor);
    });
  }
  return remainder;
}

const MASKS: ((x: number, y: number) => boolean)[] = [
  (x, y) => (x + y) % 2 === 0,
  (_, y) => y % 2 === 0,
  (x) => x % 3 === 0,
  (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0,
  (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
];

class Code {
  private readonly size: number;
  private readonly version: number;
  private readonly dark: boolean[][];
  /** Which modules are the code's own, and hold no data. */
  private readonly own: boolean[][];

  constructor(version: number) {
    this.version = version;
    this.size = version * 4 + 17;
    const empty = () => Array.from({ length: this.size }, () => new Array<boolean>(this.size).fill(false));
    this.dark = empty();
    this.own = empty();
    this.patterns();
    this.format(0);
  }

  private set(x: number, y: number, dark: boolean): void {
    const row = this.dark[y];
    if (row === undefined || x < 0 || x >= this.size) return;
    row[x] = dark;
    at(this.own, y)[x] = true;
  }

  private patterns(): void {
    const { size, version } = this;
    for (let index = 0; index < size; index++) {
      this.set(6, index, index % 2 === 0);
      this.set(index, 6, index % 2 === 0);
    }
    for (const [x, y] of [
      [3, 3],
      [size - 4, 3],
      [3, size - 4],
    ] as const)
      this.square(x, y, 4, [2, 4]);
    const marks = version === 1 ? 0 : Math.floor(version / 7) + 2;
    const step = Math.ceil((version * 4 + 4) / (marks * 2 - 2)) * 2;
    const places = Array.from({ length: marks }, (_, index) =>
      index === 0 ? 6 : size - 7 - (marks - 1 - index) * step,
    );
    for (const x of places) {
      for (const y of places) {
        const taken = (x === 6 && y === 6) || (x === 6 && y === size - 7) || (x === size - 7 && y === 6);
        if (!taken) this.square(x, y, 2, [1]);
      }
    }
    if (version < 7) return;
    const bits = (version << 12) | checkOf(version, 12, 0x1f25);
    for (let index = 0; index < 18; index++) {
      const [along, across] = [size - 11 + (index % 3), Math.floor(index / 3)];
      this.set(along, across, bitOf(bits, index));
      this.set(across, along, bitOf(bits, index));
    }
  }

  /** Squares within each other. @param light the rings that are light, counted from the middle */
  private square(x: number, y: number, radius: number, light: number[]): void {
    for (let dy = -radius; dy <= radius; dy++) {
      for (let dx = -radius; dx <= radius; dx++) {
        this.set(x + dx, y + dy, !light.includes(Math.max(Math.abs(dx), Math.abs(dy))));
      }
    }
  }

  /** Error correction (M is 0) and mask, twice. */
  private format(mask: number): void {
    const { size } = this;
    const bits = ((mask << 10) | checkOf(mask, 10, 0x537)) ^ 0x5412;
    for (let index = 0; index < 15; index++) {
      const dark = bitOf(bits, index);
      if (index < 6) this.set(8, index, dark);
      else if (index < 8) this.set(8, index + 1, dark);
      else this.set(index === 8 ? 7 : 14 - index, 8, dark);
      if (index < 8) this.set(size - 1 - index, 8, dark);
      else this.set(8, size - 15 + index, dark);
    }
    this.set(8, size - 8, true);
  }

  /** Two columns at a time, from the right, up and down. */
  write(words: number[]): void {
    let place = 0;
    for (let right = this.size - 1; right >= 1; right -= right === 8 ? 3 : 2) {
      const upwards = ((right + 1) & 2) === 0;
      for (let step = 0; step < this.size; step++) {
        const y = upwards ? this.size - 1 - step : step;
        for (const x of [right, right - 1]) {
          if (at(this.own, y)[x]) continue;
          at(this.dark, y)[x] = bitOf(words[place >> 3] ?? 0, 7 - (place & 7));
          place += 1;
        }
      }
    }
  }

  /** Under the mask that leaves the fewest runs and blocks of one colour. */
  masked(): boolean[][] {
    const candidates = MASKS.map((mask, index) => {
      this.format(index);
      return this.dark.map((row, y) => row.map((dark, x) => dark !== (!at(this.own, y)[x] && mask(x, y))));
    });
    return candidates.reduce((best, other) => (uniformity(other) < uniformity(best) ? other : best));
  }
}

function uniformity(rows: boolean[][]): number {
  const lines = [...rows, ...rows.map((_, x) => rows.map((row) => at(row, x)))];
  const text = lines.map((line) => line.map(Number).join('')).join(' ');
  const runs = text.match(/0{5,}|1{5,}/g) ?? [];
  let blocks = 0;
  rows.forEach((row, y) => {
    row.forEach((dark, x) => {
      const below = rows[y + 1];
      if (row[x + 1] === dark && below?.[x] === dark && below[x + 1] === dark) blocks += 3;
    });
  });
  return blocks + runs.reduce((sum, run) => sum + run.length - 2, 0);
}

/** The remainder that guards a few bits: of format and version. */
function checkOf(value: number, length: number, divisor: number): number {
  let remainder = value;
  for (let step = 0; step < length; step++) remainder = (remainder << 1) ^ ((remainder >>> (length - 1)) * divisor);
  return remainder;
}

function bitOf(value: number, index: number): boolean {
  return ((value >>> index) & 1) === 1;
}

function at<T>(list: readonly T[], index: number): T {
  return list[index] as T;
}
