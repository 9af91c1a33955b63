/** What a conversation may hold as its `openKey`: by it, finding or making one is one step. */

/** The key of the one direct conversation of two users. */
export function directKey(a: number, b: number): string {
  return a < b ? `d:${a}:${b}` : `d:${b}:${a}`;
}

/** The key of the open support conversation that `to` means for a customer. */
export function supportKey(queue: 'agent' | 'peer', customer: number): string {
  return `s:${queue}:${customer}`;
}

/** The key of what the host ties to an id of its own. */
export function externalKey(externalId: string): string {
  return `x:${externalId}`;
}
