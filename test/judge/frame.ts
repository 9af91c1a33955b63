/** Judges what comes on a socket or a stream by the protocol's shapes. */
import { Failure, results, StreamWelcome, Welcome } from '../../src/protocol/answers.ts';
import type { CommandType } from '../../src/protocol/commands.ts';
import { Event } from '../../src/protocol/events.ts';
import type { Body } from '../helper.ts';
import { shapeProblem } from './shape.ts';

/**
 * What came on a socket.
 *
 * @param asked the type of the request that it answers, '' when that had none, undefined when there was no such request
 */
export function frameProblem(frame: Body, asked: CommandType | '' | undefined): string | null {
  const { re, ...told } = frame;
  if (re === undefined) return shapeProblem('Event', () => Event, told);
  const { type, ...rest } = told;
  if (re !== null && asked === undefined) return `an answer to nothing: ${JSON.stringify(frame)}`;
  if (type === 'error') return shapeProblem('Failure', () => Failure, rest);
  if (type === 'welcome' && asked === 'hello') return shapeProblem('Welcome', () => Welcome, told);
  if (type !== 'ok' || !asked || asked === 'hello' || !(asked in results))
    return `no answer to ${asked}: ${JSON.stringify(frame)}`;
  return shapeProblem(`ok to ${asked}`, () => results[asked], rest);
}

/** What came on a stream of Server-Sent Events. */
export function streamProblem(event: Body): string | null {
  if (event.type === 'welcome') return shapeProblem('StreamWelcome', () => StreamWelcome, event);
  return frameProblem(event, undefined);
}
