/** The actions as tools of a model: what it is offered, and what it took, collected from the pieces of a stream. */
import { actionsOf, mergeActions, quickRepliesOf } from '../../chat/bots/bot-answer.ts';
import type { Actions } from '../../chat/bots/turn-change.ts';
import { MAX_QUICK_REPLIES, MAX_QUICK_REPLY_LENGTH } from '../../protocol/limits.ts';
import { Refusal } from '../../protocol/refusal.ts';

/** Calls of one answer; a model that goes round in circles has had enough then. */
const MAX_CALLS = 16;

interface Tool {
  description: string;
  parameters: Record<string, object>;
  required: string[];
  /** As docs/bots.md has a webhook say it. */
  said(given: Record<string, unknown>): object;
}

const texts = { type: 'array', items: { type: 'string' } };

const TOOLS: ReadonlyMap<string, Tool> = new Map<string, Tool>([
  [
    'hand_over',
    {
      description: 'A person of the team takes over: when the customer asks for one, or when you cannot help.',
      parameters: { note: { type: 'string', description: 'What the team should know; the customer does not see it.' } },
      required: [],
      said: ({ note }) => ({ handover: typeof note === 'string' && note.trim() !== '' ? { note } : true }),
    },
  ],
  [
    'close_conversation',
    {
      description: 'Closes the conversation: when the customer says that nothing is left to do.',
      parameters: {},
      required: [],
      said: () => ({ close: true }),
    },
  ],
  [
    'add_tags',
    {
      description: 'Puts tags on the conversation, for the team.',
      parameters: { tags: texts },
      required: ['tags'],
      said: ({ tags }) => ({ tags }),
    },
  ],
  [
    'offer_quick_replies',
    {
      description:
        'Shows the customer buttons with answers to choose from: ' +
        `at most ${MAX_QUICK_REPLIES}, of ${MAX_QUICK_REPLY_LENGTH} characters.`,
      parameters: { quickReplies: texts },
      required: ['quickReplies'],
      said: ({ quickReplies }) => ({ quickReplies }),
    },
  ],
  [
    'set_customer_fields',
    {
      description: 'Keeps what the customer told about themselves, as names and texts.',
      parameters: { fields: { type: 'object', additionalProperties: { type: 'string' } } },
      required: ['fields'],
      said: ({ fields }) => ({ fields }),
    },
  ],
]);

/** `tools` of a request. */
export const OFFERED = [...TOOLS].map(([name, { description, parameters: properties, required }]) => ({
  type: 'function',
  function: { name, description, parameters: { type: 'object', properties, required } },
}));

interface Call {
  id: string;
  name: string;
  arguments: string;
}

/** What a model took of the tools, in one answer. */
export class ToolCalls {
  private readonly calls: Call[] = [];

  get none(): boolean {
    return this.calls.length === 0;
  }

  /** Looks at a piece of the answer: a call comes in parts, found together by their `index`. */
  add(said: unknown): void {
    const choice = listIn(said, 'choices')[0];
    const parts = [...listIn(at(choice, 'delta'), 'tool_calls'), ...listIn(at(choice, 'message'), 'tool_calls')];
    for (const [place, part] of parts.entries()) {
      const index = at(part, 'index') ?? place;
      if (typeof index !== 'number' || !(index >= 0 && index < MAX_CALLS) || index > this.calls.length) continue;
      const call = this.calls[index] ?? { id: `call_${index}`, name: '', arguments: '' };
      const about = at(part, 'function');
      this.calls[index] = {
        id: textAt(part, 'id') || call.id,
        name: call.name + (textAt(about, 'name') ?? ''),
        arguments: call.arguments + (textAt(about, 'arguments') ?? ''),
      };
    }
  }

  /** What is to be done. A call that makes no sense is left out: models err, and the customer waits for the text. */
  read(): { actions: Actions | null; quickReplies: string[] | null } {
    let actions: Actions | null = null;
    let quickReplies: string[] | null = null;
    for (const call of this.calls) {
      const said = saidBy(call);
      actions = mergeActions(
        actions,
        tolerated(() => actionsOf(said)),
      );
      quickReplies = tolerated(() => quickRepliesOf(said)) ?? quickReplies;
    }
    return { actions, quickReplies };
  }

  /** The calls and their outcome, as the model is told them when it is asked for its words. */
  asMessages(): object[] {
    const calls = this.calls.map(({ id, ...about }) => ({ id, type: 'function', function: about }));
    return [
      { role: 'assistant', content: '', tool_calls: calls },
      ...this.calls.map(({ id }) => ({ role: 'tool', tool_call_id: id, content: 'Done.' })),
    ];
  }
}

function saidBy({ name, arguments: text }: Call): object | null {
  const tool = TOOLS.get(name);
  if (tool === undefined) return null;
  try {
    const given: unknown = text.trim() === '' ? {} : JSON.parse(text);
    return typeof given === 'object' && given !== null ? tool.said(given as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

function tolerated<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
}

function at(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}

function listIn(value: unknown, name: string): unknown[] {
  const found = at(value, name);
  return Array.isArray(found) ? found : [];
}

function textAt(value: unknown, name: string): string | undefined {
  const found = at(value, name);
  return typeof found === 'string' ? found : undefined;
}
