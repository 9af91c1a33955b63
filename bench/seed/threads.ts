/**
 * A team's file after some time: one support conversation that holds half of all messages, and many of ten, of which
 * the newest are open. They are written as they would have come: the deep one's messages stand between those of fifty
 * others.
 */
import type { ConversationRow } from '../../src/db/rows.ts';
import { type Person, Seed } from './seed.ts';

const MESSAGES_A_CONVERSATION = 10;
const AT_A_TIME = 50;
/** What a team has before it does not grow with its past. */
const NEWEST = 100;
const CONTENT = 'Thank you, the second one has arrived today and it fits. Please cancel the other';

export interface Threads {
  /** One of the team. */
  agent: string;
  /** The deep conversation's customer. */
  customer: string;
  deep: { id: string; seq: number; rev: number };
  /** One of those of ten. */
  small: string;
  /** The customer of the first conversations of ten, who has not seen the last message of any. */
  regular: string;
}

export interface ThreadsOptions {
  /** What is said; the same each time when absent. */
  content?: () => string;
  /** How many conversations of ten are the regular customer's: one when absent. */
  regulars?: number;
}

interface Talk {
  thread: ConversationRow;
  people: [Person, Person];
}

/** @param messages in all */
export async function seedThreads(
  folder: string,
  messages: number,
  { content = () => CONTENT, regulars = 1 }: ThreadsOptions = {},
): Promise<Threads> {
  const seed = await Seed.in(folder);
  const agent = seed.person('agent', 'Ann of the team', true);
  const colleague = seed.person('agent', 'Bob of the team', false);
  const regular = seed.person('user', 'A regular customer', true);
  const owner = seed.person('user', 'A faithful customer', true);
  const deep = talk(owner, agent, 'open');
  const conversations = messages / 2 / MESSAGES_A_CONVERSATION;

  function talk(customer: Person, answering: Person, status: 'open' | 'closed'): Talk {
    return { thread: seed.support(customer, answering, status), people: [customer, answering] };
  }
  const say = ({ thread, people }: Talk) => seed.write(thread, people[thread.seq % 2] as Person, content());
  let small = '';

  for (let from = 0; from < conversations; from += AT_A_TIME) {
    const talks = Array.from({ length: Math.min(AT_A_TIME, conversations - from) }, (_, place) => {
      const number = from + place;
      const customer = number < regulars ? regular : seed.person('user', `Customer ${number}`, false);
      // Of the newest four of five are open, and of every two one is Ann's.
      const open = number >= regulars && number >= conversations - NEWEST && number % 5 !== 4;
      return talk(customer, number % 2 === 0 ? agent : colleague, open ? 'open' : 'closed');
    });
    for (let turn = 0; turn < MESSAGES_A_CONVERSATION; turn += 1) {
      for (const small of talks) {
        say(small);
        say(deep);
      }
    }
    for (const { thread } of talks) seed.put(thread);
    small = talks[0]?.thread.uuid ?? small;
  }
  seed.put(deep.thread);
  seed.end();
  const { uuid: id, seq, rev } = deep.thread;
  const tokens = { agent: agent.token ?? '', customer: owner.token ?? '', regular: regular.token ?? '' };
  return { ...tokens, deep: { id, seq, rev }, small };
}
