/**
 * What a bot's program answered, read with the caution that a stranger's word deserves: many tools put their text in
 * many places, and whatever else is said must have the shape that docs/bots.md promises to understand.
 */

import { BotActionProperties } from '../../protocol/http-bots.ts';
import { misshapen } from '../../protocol/refusal.ts';
import { received } from '../../protocol/schema.ts';
import { compileCheck } from '../../protocol/validate.ts';
import { BotText } from './bot-text.ts';
import type { Actions } from './turn-change.ts';

/** A text as it was given, and what is to be done besides. */
export interface BotAnswer {
  text: string;
  quickReplies: string[] | null;
  actions: Actions | null;
}

/** Where tools put their text, the likeliest place first. */
const TEXT_KEYS = ['reply', 'output', 'text', 'message', 'content', 'delta'];

const ACTION_KEYS = ['handover', 'close', 'tags', 'fields'] satisfies (keyof Actions)[];

const checks = {
  handover: check('handover'),
  close: check('close'),
  tags: check('tags'),
  quickReplies: check('quickReplies'),
  fields: check('fields'),
};

function check(name: keyof typeof BotActionProperties) {
  return compileCheck(received({ [name]: BotActionProperties[name] }));
}

/** Throws a `Refusal` (VALIDATION) that names the field when what was said besides the text has another shape. */
export function readBotAnswer(given: unknown): BotAnswer {
  const said = Array.isArray(given) ? given[0] : given;
  if (typeof said === 'string') return { text: said, quickReplies: null, actions: null };
  if (!isObject(said)) throw misshapen('', 'must be a text, or an object that holds one');
  const actions = actionsOf(said);
  const quickReplies = read<string[]>(said, 'quickReplies');
  const text = textOf(said);
  if (text === null && actions === null) {
    throw misshapen('', `must hold a text as one of ${TEXT_KEYS.slice(0, 4).join(', ')}, or an action`);
  }
  return { text: text ?? '', quickReplies: quickReplies ?? null, actions };
}

/** The text in one piece of a stream, or null where there is none. */
export function textOf(said: unknown): string | null {
  if (typeof said === 'string') return said;
  if (!isObject(said)) return null;
  for (const key of TEXT_KEYS) {
    const value = Object.hasOwn(said, key) ? said[key] : undefined;
    if (typeof value === 'string') return value;
    if (isObject(value) && typeof value.content === 'string') return value.content;
  }
  const choices = Object.hasOwn(said, 'choices') ? said.choices : undefined;
  return Array.isArray(choices) ? textOf(choices[0]) : null;
}

/** What is to be done besides answering; null when nothing is. */
export function actionsOf(said: unknown): Actions | null {
  if (!isObject(said)) return null;
  // A piece of a stream seldom has any, and there are many pieces.
  if (!saysWhatToDo(said)) return null;
  const handover = read<boolean | string | { note?: string }>(said, 'handover');
  const actions: Actions = {
    handover: handoverOf(handover),
    close: read<boolean>(said, 'close') ?? false,
    tags: read<string[]>(said, 'tags') ?? [],
    fields: read<Record<string, string>>(said, 'fields') ?? {},
  };
  const any =
    actions.handover !== null || actions.close || actions.tags.length > 0 || Object.keys(actions.fields).length > 0;
  return any ? actions : null;
}

function saysWhatToDo(said: Record<string, unknown>): boolean {
  for (const key of ACTION_KEYS) if (Object.hasOwn(said, key)) return true;
  return false;
}

/** {@link actionsOf} of several pieces: what comes later is added. */
export function mergeActions(first: Actions | null, second: Actions | null): Actions | null {
  if (first === null || second === null) return first ?? second;
  return {
    handover: second.handover ?? first.handover,
    close: first.close || second.close,
    tags: [...new Set([...first.tags, ...second.tags])],
    fields: { ...first.fields, ...second.fields },
  };
}

/** The quick replies in a piece of a stream, or null. */
export function quickRepliesOf(said: unknown): string[] | null {
  return isObject(said) ? (read<string[]>(said, 'quickReplies') ?? null) : null;
}

function handoverOf(said: boolean | string | { note?: string } | undefined): Actions['handover'] {
  if (said === undefined || said === false) return null;
  const note = typeof said === 'string' ? said : said === true ? undefined : said.note;
  return { note: note === undefined || note.trim() === '' ? null : note.trim() };
}

function read<T>(said: Record<string, unknown>, name: keyof typeof checks): T | undefined {
  const value = Object.hasOwn(said, name) ? said[name] : undefined;
  if (value === undefined || value === null) return undefined;
  const checked = checks[name]({ [name]: value });
  if (!checked.ok) throw misshapen(checked.path, checked.rule);
  return value as T;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An answer that came at once, its text made one that a message may hold; `interrupted` when it was too long for one. */
export function wholeAnswer(said: BotAnswer): BotAnswer & { state: 'interrupted' | null } {
  const text = new BotText();
  text.add(said.text);
  text.end();
  if (text.text === '' && said.actions === null) throw misshapen('', 'must not be empty');
  return { ...said, text: text.text, state: text.tooLong ? 'interrupted' : null };
}
