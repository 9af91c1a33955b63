/** What calls somebody who is not looking: the title, a notification, a sound. */
import { effect, signal } from '@preact/signals';
import type { Conversation } from '../../../protocol/conversation.ts';
import type { Message } from '../../../protocol/message.ts';
import { t } from '../words.ts';
import { client, counts, me } from './desk.ts';
import { amongUs } from './known.ts';
import { personName, titleOf } from './people.ts';
import { go } from './route.ts';

const NOTIFY = 'parley.notifications';
const SOUND = 'parley.sound';

const granted = () => 'Notification' in globalThis && Notification.permission === 'granted';

export const notificationsOn = signal(localStorage.getItem(NOTIFY) === 'on' && granted());
export const soundOn = signal(localStorage.getItem(SOUND) === 'on');

export async function setNotifications(on: boolean): Promise<void> {
  const may = on && 'Notification' in globalThis && (await Notification.requestPermission()) === 'granted';
  notificationsOn.value = may;
  localStorage.setItem(NOTIFY, may ? 'on' : 'off');
}

export function setSound(on: boolean): void {
  soundOn.value = on;
  localStorage.setItem(SOUND, on ? 'on' : 'off');
  if (on) play();
}

let audio: AudioContext | undefined;

/** Two soft notes, made here: no file has to be loaded. */
function play(): void {
  audio ??= new AudioContext();
  for (const [at, pitch] of [
    [0, 660],
    [0.12, 880],
  ] as const) {
    const start = audio.currentTime + at;
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0, start);
    volume.gain.linearRampToValueAtTime(0.12, start + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.001, start + 0.35);
    tone.connect(volume).connect(audio.destination);
    tone.start(start);
    tone.stop(start + 0.4);
  }
}

/** Whether it is for oneself: what one answers, what waits for anybody, what is written to one. */
function isForMe(conversation: Conversation, message: Message): boolean {
  if (message.kind === 'system' || message.author?.id === me.value.id) return false;
  if (conversation.kind !== 'support') return true;
  if (message.author?.role !== 'user') return false;
  return !conversation.assignee || conversation.assignee.id === me.value.id;
}

/** @returns what ends it */
export function followAlerts(): () => void {
  const ends = [
    effect(() => {
      const waiting = counts.value.queue;
      const unread = amongUs.value.reduce((sum, { my }) => sum + (my?.unread ?? 0), 0);
      const n = waiting + unread;
      document.title = n > 0 ? `(${n}) Parley` : 'Parley';
    }),
    client().on('message', ({ conversationId, message, added }) => {
      const conversation = client().conversations.get(conversationId);
      if (!added || !conversation || !isForMe(conversation, message)) return;
      if (document.visibilityState === 'visible' && document.hasFocus()) return;
      if (soundOn.value) play();
      if (notificationsOn.value && granted()) notify(conversation, message);
    }),
  ];
  return () => {
    for (const end of ends) end();
  };
}

function notify(conversation: Conversation, message: Message): void {
  const title = conversation.kind === 'support' ? titleOf(conversation) : personName(message.author);
  const body = message.content?.slice(0, 200) || t('aFile');
  const shown = new Notification(title, { body, tag: conversation.id });
  shown.onclick = () => {
    window.focus();
    go({ name: 'inbox', view: conversation.kind === 'support' ? 'open' : 'among', conversation: conversation.id });
    shown.close();
  };
}
