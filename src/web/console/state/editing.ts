/** Which message is being edited. */
import { signal } from '@preact/signals';

export const editing = signal<{ conversationId: string; messageId: string } | null>(null);
