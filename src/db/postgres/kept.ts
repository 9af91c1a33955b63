/** PostgreSQL's text has no NUL: it is kept as the sign for what cannot be shown. */
export function kept<T>(value: T): T | string {
  return typeof value === 'string' && value.includes('\0') ? value.replaceAll('\0', '\uFFFD') : value;
}
