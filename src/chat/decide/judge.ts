/** Every change's rule, and how the writer asks for it. A change without a rule does not compile. */

import type { Decision } from '../../db/judge.ts';
import type { Want } from '../../db/want.ts';
import type { WorkingSet } from '../../db/working-set.ts';
import { Refusal } from '../../protocol/refusal.ts';
import type { Change } from '../change.ts';
import type { Publication } from '../publication.ts';
import { attachmentRules } from './attachments.ts';
import { botRules } from './bots.ts';
import { createCannedReply, deleteCannedReply, patchCannedReply } from './canned-replies.ts';
import { claim, handOver } from './claim.ts';
import { createConversation } from './create-conversation.ts';
import { erase } from './delete.ts';
import { deleteConversation, expireConversation, removeConversation } from './delete-conversation.ts';
import { edit, stop } from './edit.ts';
import { followForNotices, putNotices, settleNotice, unsubscribe } from './notices.ts';
import { signInByOpenid } from './openid.ts';
import { noteEvents, sweepOutbox } from './outbox.ts';
import { putParticipant, removeParticipant } from './participants.ts';
import { createPasskey, deletePasskey, patchPasskey, signInByPasskey } from './passkeys.ts';
import { patchConversation } from './patch-conversation.ts';
import { peopleRules } from './people.ts';
import { followLink, invite } from './people-invited.ts';
import { deletePush, pushGone, putPush } from './pushes.ts';
import { rate } from './rate.ts';
import type { Rates } from './rates.ts';
import { read } from './read.ts';
import type { Case, Limits, Rule } from './rule.ts';
import { send } from './send.ts';
import { patchSettings } from './settings.ts';
import { endSnooze } from './snooze.ts';
import { beginTotp, confirmTotp, endTotp, renewRecovery, resetTotp } from './totp.ts';
import { turnRules } from './turn-rules.ts';
import { createWebhook, deleteWebhook, noteDelivered, noteProgress, patchWebhook, rotateWebhook } from './webhooks.ts';

const rules: { [T in Change['type']]: Rule<Extract<Change, { type: T }>> } = {
  'message.create': send,
  'message.edit': edit,
  'message.delete': erase,
  'message.stop': stop,
  'mark.read': read,
  'conversation.create': createConversation,
  'conversation.patch': patchConversation,
  'conversation.delete': deleteConversation,
  'conversation.expire': expireConversation,
  'conversation.remove': removeConversation,
  'conversation.claim': claim,
  'conversation.handover': handOver,
  'conversation.rate': rate,
  'snooze.end': endSnooze,
  'participant.put': putParticipant,
  'participant.remove': removeParticipant,
  'settings.patch': patchSettings,
  'cannedReply.create': createCannedReply,
  'cannedReply.patch': patchCannedReply,
  'cannedReply.delete': deleteCannedReply,
  ...attachmentRules,
  ...peopleRules,
  ...botRules,
  ...turnRules,
  'openid.signIn': signInByOpenid,
  'passkey.create': createPasskey,
  'passkey.patch': patchPasskey,
  'passkey.delete': deletePasskey,
  'passkey.signIn': signInByPasskey,
  'totp.begin': beginTotp,
  'totp.confirm': confirmTotp,
  'totp.renew': renewRecovery,
  'totp.end': endTotp,
  'totp.reset': resetTotp,
  'link.follow': followLink,
  'invitation.create': invite,
  'push.put': putPush,
  'push.delete': deletePush,
  'push.gone': pushGone,
  'notices.follow': followForNotices,
  'notices.put': putNotices,
  'notice.settle': settleNotice,
  'user.unsubscribe': unsubscribe,
  'webhook.create': createWebhook,
  'webhook.patch': patchWebhook,
  'webhook.rotate': rotateWebhook,
  'webhook.delete': deleteWebhook,
  'webhook.progress': noteProgress,
  'webhook.delivered': noteDelivered,
  'outbox.sweep': sweepOutbox,
};

function ruleOf(change: Change): Rule<Change> {
  return rules[change.type] as Rule<Change>;
}

export function want(change: Change, into: Want): void {
  ruleOf(change).want(change, into);
}

/** Whether a change rewrites many rows: see `Judge.alone`. */
export function alone(change: Change): boolean {
  return ruleOf(change).alone === true;
}

/**
 * What a change comes to at `position`. A refusal is an answer too; anything else that is thrown is a fault of ours
 * and left to the writer, which then judges the batch's changes one by one.
 */
export function decider(limits: Limits, rates: Rates) {
  return (set: WorkingSet, change: Change, position: number): Decision<Publication> => {
    try {
      const given: Case = { set, position, at: Math.floor(position / 1000), limits, rates, told: [] };
      const { value, publications } = ruleOf(change).decide(given, change);
      noteEvents(given, publications);
      return { answer: { value }, publications: [...publications, ...given.told] };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return { answer: { refused: error }, publications: [] };
    }
  };
}
