/** The server that works in a data folder, asked by the socket that it keeps there. */
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import {
  OPERATOR_SOCKET,
  type Operator,
  type OperatorAnswer,
  type OperatorCall,
  type OperatorQuestion,
  operatorCalls,
} from '../protocol/operator.ts';
import { UsageError } from './usage-error.ts';

/** Null: no server works in that folder, or it cannot be asked. What it refuses rejects with a `UsageError`. */
export async function runningServer(folder: string): Promise<Operator | null> {
  const path = join(folder, OPERATOR_SOCKET);
  if (!existsSync(path) || !(await isThere(path))) return null;
  const asking = (call: string) => async (given: unknown) => {
    const told = JSON.parse(await ask(path, { call, given })) as OperatorAnswer;
    if ('refused' in told) throw new UsageError(told.refused.message.replace(/\.$/, ''));
    return told.value;
  };
  const calls = Object.keys(operatorCalls).map((call) => [call as OperatorCall, asking(call)]);
  return Object.fromEntries(calls) as Operator;
}

/** Whether anybody listens: a server that was killed leaves its socket behind. */
async function isThere(path: string): Promise<boolean> {
  return ask(path, null).then(
    () => true,
    () => false,
  );
}

async function ask(path: string, question: OperatorQuestion | null): Promise<string> {
  const socket = connect(path);
  socket.end(question === null ? '' : JSON.stringify(question));
  return text(socket);
}
