/**
 * How many lines stand open, in all and by address. A place is taken before the upgrade and given back once, whatever
 * becomes of the line.
 */

export interface AdmissionLimits {
  /** Lines of the whole process. */
  maxSockets: number;
  /** Lines of one address that have not said hello. */
  helloSocketsPerAddress: number;
  /** Lines of anonymous visitors from one address. */
  socketsPerAddress: number;
}

export class Admission {
  private readonly limits: AdmissionLimits;
  private readonly silent = new Map<string, number>();
  private readonly visitors = new Map<string, number>();
  private open = 0;

  constructor(limits: AdmissionLimits) {
    this.limits = limits;
  }

  get size(): number {
    return this.open;
  }

  /** @param address null when limits by address do not bind this line */
  enter(address: string | null): Place | 'full' | 'address' {
    if (this.open >= this.limits.maxSockets) return 'full';
    if (address !== null && (this.silent.get(address) ?? 0) >= this.limits.helloSocketsPerAddress) return 'address';
    this.open += 1;
    if (address !== null) count(this.silent, address, 1);
    return new Place(this, address);
  }

  /** @returns whether one more visitor of that address may stay */
  spoke(address: string | null, anonymous: boolean): boolean {
    if (address === null) return true;
    count(this.silent, address, -1);
    if (!anonymous) return true;
    count(this.visitors, address, 1);
    return (this.visitors.get(address) ?? 0) <= this.limits.socketsPerAddress;
  }

  leave(address: string | null, as: 'silent' | 'visitor' | 'user'): void {
    this.open -= 1;
    if (address === null || as === 'user') return;
    count(as === 'silent' ? this.silent : this.visitors, address, -1);
  }
}

/** One line's place. */
export class Place {
  private readonly admission: Admission;
  private readonly address: string | null;
  private as: 'silent' | 'visitor' | 'user' | 'left' = 'silent';

  constructor(admission: Admission, address: string | null) {
    this.admission = admission;
    this.address = address;
  }

  /**
   * The line has said who it is, and no longer counts among the silent.
   * @returns false when its address has too many anonymous visitors already
   */
  spoke(anonymous: boolean): boolean {
    if (this.as !== 'silent') return true;
    this.as = anonymous ? 'visitor' : 'user';
    return this.admission.spoke(this.address, anonymous);
  }

  leave(): void {
    if (this.as === 'left') return;
    this.admission.leave(this.address, this.as);
    this.as = 'left';
  }
}

function count(map: Map<string, number>, key: string, by: 1 | -1): void {
  const now = (map.get(key) ?? 0) + by;
  if (now === 0) map.delete(key);
  else map.set(key, now);
}
