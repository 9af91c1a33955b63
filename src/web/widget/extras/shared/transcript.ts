import type { PanelParts } from '../../parts.ts';

/** Saves the conversation as a text file. */
export async function saveTranscript({ ctx, announce }: PanelParts, conversationId: string): Promise<void> {
  const { client, t, kit } = ctx;
  try {
    const path = `/v1/conversations/${encodeURIComponent(conversationId)}/transcript?format=text`;
    const answer = await client?.http.open(path);
    if (!answer) return;
    const address = URL.createObjectURL(await answer.blob());
    const link = kit.h('a', { href: address, download: 'conversation.txt' });
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
  } catch {
    announce(t('wrong'));
  }
}
