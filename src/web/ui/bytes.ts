/** A size in the reader's language: "84 kB". */
export function bytesText(language: string, size: number): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;
  let [value, unit] = [size, 0];
  while (value >= 1000 && unit < 3) {
    value /= 1000;
    unit++;
  }
  const digits = value < 10 && unit > 0 ? 1 : 0;
  return new Intl.NumberFormat(language, {
    style: 'unit',
    unit: units[unit] as string,
    maximumFractionDigits: digits,
  }).format(value);
}
