/** What may be asked to change about API keys. The key itself comes as a hash. */
import type { By } from '../caller.ts';

export interface CreateApiKeyChange {
  type: 'apiKey.create';
  /** Null: whoever runs the server. */
  by: By | null;
  hash: string;
  name: string;
  scopes: string[];
  expiresAt: number | null;
}

export interface PatchApiKeyChange {
  type: 'apiKey.patch';
  by: By;
  key: number;
  name?: string;
  scopes?: string[];
  expiresAt?: number | null;
}

export interface DeleteApiKeyChange {
  type: 'apiKey.delete';
  by: By | null;
  key: number;
}

/** It was used: noted once a minute at most. */
export interface UseApiKeyChange {
  type: 'apiKey.use';
  key: number;
}

export type KeyChange = CreateApiKeyChange | PatchApiKeyChange | DeleteApiKeyChange | UseApiKeyChange;
