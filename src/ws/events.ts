/** `GET /v1/events`: the line for those who have no WebSocket. What is asked goes by HTTP; this one only tells. */
import type { OutgoingHttpHeaders } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { UserCaller } from '../chat/caller.ts';
import type { Live } from '../chat/live/live.ts';
import { Frame } from '../hub/frame.ts';
import type { Line } from '../hub/line.ts';
import { EventsQuery } from '../protocol/http-catching-up.ts';
import { HttpFailure } from '../protocol/http-failure.ts';
import { splitIds } from '../protocol/http-query.ts';
import { normaliseId } from '../protocol/id.ts';
import { Refusal } from '../protocol/refusal.ts';
import { ref } from '../protocol/schema.ts';
import type { Admission } from './admission.ts';
import { bearerOf, takePlace, tooMany } from './admit.ts';
import { EventStream } from './event-stream.ts';
import type { Endable } from './farewell.ts';
import type { Pulse } from './pulse.ts';

export interface EventsOptions {
  live: Live;
  admission: Admission;
  pulse: Pulse;
  lines: Set<Endable>;
  bufferBytes: number;
}

const schema = {
  tags: ['catching up'],
  summary: 'Everything that happens, as Server-Sent Events: welcome first; ids are cursors, to come back with',
  querystring: EventsQuery,
  response: {
    200: {
      description: 'Blocks of text: `data` is an event as JSON, `id` a cursor.',
      content: { 'text/event-stream': { schema: Type.String() } },
    },
    default: ref(HttpFailure),
  },
};

export function registerEvents(app: FastifyInstance, options: EventsOptions): void {
  const { live, admission, pulse, lines, bufferBytes } = options;

  /** What may not be read is told like what is gone: the stream of all else is not to fail for it. */
  async function view(caller: UserCaller, line: Line, ids: readonly string[]): Promise<Frame[]> {
    const frames: Frame[] = [];
    for (const id of ids) {
      try {
        await live.viewers.view(caller, line, id, true);
      } catch (error) {
        if (!(error instanceof Refusal) || error.code !== 'NOT_FOUND') throw error;
        frames.push(new Frame({ type: 'conversation.removed', conversationId: normaliseId(id) }));
      }
    }
    return frames;
  }

  app.get<{ Querystring: EventsQuery }>('/v1/events', { config: { noHead: true }, schema }, async (request, reply) => {
    const { query } = request;
    const token = bearerOf(request);
    if (token === null) throw new Refusal('UNAUTHENTICATED');
    const place = takePlace(request, admission);
    reply.raw.once('close', () => place.leave());
    const known = await live.recognise(token, null);
    // Who has gone already will not be heard to go.
    if (reply.raw.closed) throw new Refusal('UNAUTHENTICATED');
    if (!live.hasRoomFor(known) || !place.spoke(known.anonymous)) throw tooMany();

    const stream: EventStream = new EventStream(reply.raw, {
      caller: known,
      pulse,
      bufferBytes,
      cursor: () => live.cursorOf(known, line),
      onEnd: () => {
        lines.delete(stream);
        live.leave(line);
      },
    });
    const { line, caller } = live.follow(known, stream);
    try {
      const removed = await view(caller, line, query.view ?? []);
      const watched = query.presence === undefined ? [] : splitIds(query.presence);
      const users = await live.presence.watch(caller, line, watched);
      const cursor = lastEventId(request);
      const said = { ...(cursor === undefined ? {} : { cursor }), inbox: query.inbox ?? false };
      const { welcome, release } = await live.greet(caller, line, said);
      if (stream.ended) throw new Refusal('UNAUTHENTICATED');
      lines.add(stream);
      reply.hijack();
      const { synced: _, ...told } = welcome;
      stream.begin(reply.getHeaders() as OutgoingHttpHeaders, told, welcome.cursor);
      for (const frame of removed) stream.write(frame);
      if (users.length > 0) stream.write(new Frame({ type: 'presence', users }));
      release();
    } catch (error) {
      stream.leave();
      throw error;
    }
  });
}

function lastEventId(request: FastifyRequest): string | undefined {
  const id = request.headers['last-event-id'];
  return typeof id === 'string' && id !== '' ? id : undefined;
}
