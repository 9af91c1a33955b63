/**
 * The operator's door: a socket in the data folder, for the command line on the same machine. Who may open it may read the
 * database beside it too, so nothing else is asked of them. Where the system makes no such socket (a path that is too
 * long, some file systems, Windows), the server says so and does without.
 */
import { chmodSync, existsSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import type { FastifyPluginAsync } from 'fastify';
import fp from 'fastify-plugin';
import type { Failure } from '../protocol/answers.ts';
import {
  OPERATOR_SOCKET,
  type Operator,
  type OperatorAnswer,
  type OperatorCall,
  type OperatorQuestion,
  operatorCalls,
} from '../protocol/operator.ts';
import { misshapen, Refusal } from '../protocol/refusal.ts';
import { compileCheck } from '../protocol/validate.ts';

interface OperatorDoorOptions {
  operator: Operator;
  /** The data folder. */
  folder: string;
}

/** More than any question has. */
const MOST_BYTES = 64 * 1024;
/** A question is asked, answered and over within so long. */
const PATIENCE_MS = 10_000;

const checks = new Map(
  Object.entries(operatorCalls).map(([call, schema]) => [call, compileCheck<typeof schema>(schema)] as const),
);

const plugin: FastifyPluginAsync<OperatorDoorOptions> = async (app, { operator, folder }) => {
  const path = join(folder, OPERATOR_SOCKET);
  const open = new Set<Socket>();

  async function answer(text: string): Promise<unknown> {
    const { call, given } = JSON.parse(text) as OperatorQuestion;
    const check = checks.get(call);
    if (check === undefined) throw new Refusal('NOT_FOUND', { message: `This server knows no "${call}".` });
    const checked = check(given);
    if (!checked.ok) throw misshapen(checked.path, checked.rule);
    return operator[call as OperatorCall](checked.value as never);
  }

  const failure = (error: unknown): Failure => {
    if (error instanceof Refusal) return error.toFailure();
    app.log.error({ err: error }, 'what the operator asked for failed');
    return new Refusal('INTERNAL').toFailure();
  };

  const server = createServer({ allowHalfOpen: true }, (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    socket.once('error', () => socket.destroy());
    socket.setTimeout(PATIENCE_MS, () => socket.destroy());
    const pieces: Buffer[] = [];
    let bytes = 0;
    socket.on('data', (piece: Buffer) => {
      bytes += piece.length;
      if (bytes > MOST_BYTES) socket.destroy();
      else pieces.push(piece);
    });
    socket.once('end', async () => {
      // Somebody only looked whether a server is there.
      if (bytes === 0) return socket.end();
      const told: OperatorAnswer = await answer(Buffer.concat(pieces).toString()).then(
        (value) => ({ value }),
        (error: unknown) => ({ refused: failure(error) }),
      );
      return socket.end(JSON.stringify(told));
    });
  });

  // The folder is locked: what lies there was left behind.
  app.addHook('onListen', () => {
    rmSync(path, { force: true });
    server.once('error', (error) =>
      app.log.warn(
        { err: error },
        'the command line cannot reach this server: stop it to use parley user and parley key',
      ),
    );
    server.listen(path);
    // It is bound by now, or cannot be, which is told in a moment.
    if (existsSync(path)) chmodSync(path, 0o600);
  });
  app.addHook('onClose', () => {
    server.close();
    for (const socket of open) socket.destroy();
  });
};

export const operatorDoor = fp(plugin);
