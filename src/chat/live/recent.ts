/** What was told of the newest so many keys; the oldest are forgotten, which is why only what may be lost lies here. */
export class Recent<K, V> {
  private readonly values = new Map<K, V>();
  private readonly size: number;

  constructor(size: number) {
    this.size = size;
  }

  get(key: K): V | undefined {
    return this.values.get(key);
  }

  set(key: K, value: V): void {
    this.values.delete(key);
    this.values.set(key, value);
    if (this.values.size <= this.size) return;
    const [oldest] = this.values.keys();
    if (oldest !== undefined) this.values.delete(oldest);
  }

  delete(key: K): void {
    this.values.delete(key);
  }
}
