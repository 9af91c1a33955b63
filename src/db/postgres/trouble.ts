/** What an error of PostgreSQL, or of the way to it, says about the storage, as opposed to the change that met it. */
import type { StorageTrouble } from '../storage-trouble.ts';
import { isUnreachable } from './unreachable.ts';

/** Of https://www.postgresql.org/docs/current/errcodes-appendix.html: no room; read-only; the system's own; damage; no way in. */
const FULL = '53100';
const FAILING = /^(25006|58...|XX...|28...|3D000)$/;
/** Serialization failure, deadlock, a lock or a statement that took too long. */
const PASSING = /^(40001|40P01|55P03|57014)$/;

/** Null for errors that have nothing to do with the storage. */
export function postgresTrouble(error: unknown): StorageTrouble | null {
  const code = codeOf(error);
  if (code === FULL) return { kind: 'full', reason: "the disk of PostgreSQL's machine is full" };
  if (isPassing(error)) return null;
  if (isUnreachable(error)) return { kind: 'failing', reason: `PostgreSQL cannot be reached (${said(error)})` };
  if (FAILING.test(code)) return { kind: 'failing', reason: `PostgreSQL cannot write (${said(error)})` };
  return null;
}

/** Whether the same may be had by trying again. */
export function isPassing(error: unknown): boolean {
  return PASSING.test(codeOf(error));
}

/** Whether PostgreSQL itself says that a transaction failed. After anything else nobody knows what became of it. */
export function isUndone(error: unknown): boolean {
  return (error as { severity?: unknown } | null)?.severity === 'ERROR';
}

function codeOf(error: unknown): string {
  return String((error as { code?: unknown } | null)?.code ?? '');
}

function messageOf(error: unknown): string {
  return String((error as { message?: unknown } | null)?.message ?? '');
}

const said = (error: unknown) => codeOf(error) || messageOf(error);
