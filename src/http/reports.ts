/** The team's work over a period, in numbers. */
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type { Chat } from '../chat/chat.ts';
import { Report, ReportQuery } from '../protocol/report.ts';
import { ref } from '../protocol/schema.ts';
import { type Cell, csv } from './csv.ts';
import { failing } from './schemas.ts';

export const reports: FastifyPluginAsyncTypebox<{ chat: Chat }> = async (app, { chat }) => {
  app.get(
    '/v1/reports',
    {
      schema: {
        tags: ['reports'],
        summary: 'The support conversations of a period in numbers, for the team; as JSON or as CSV',
        querystring: ReportQuery,
        response: {
          200: {
            description: 'The report',
            content: {
              'application/json': { schema: ref(Report) },
              'text/csv': { schema: Type.String({ description: 'section, name, measure, value' }) },
            },
          },
          ...failing,
        },
      },
    },
    async (request, reply) => {
      const report = await chat.report(request.caller, request.query);
      if (request.query.format !== 'csv') return report;
      const name = `parley-report-${report.from.slice(0, 10)}-${report.to.slice(0, 10)}.csv`;
      return reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename="${name}"`)
        .serializer((text: string) => text)
        .send(csv(table(report)) as never);
    },
  );
};

const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

type Durations = Report['firstResponse'];

/** One measure a line: every number of the report has a place, whatever is added to it. */
function table(report: Report): Cell[][] {
  const lines: Cell[][] = [['section', 'name', 'measure', 'value']];
  const add = (section: string, name: string | null, measures: Record<string, Cell>) => {
    for (const [measure, value] of Object.entries(measures)) lines.push([section, name, measure, value]);
  };
  const { from, to, begun, closed, messages, open, waiting } = report;
  add('period', null, { from, to });
  add('all', null, { begun, closed, messages, open, waiting });
  add('all', null, { ...times('firstResponse', report.firstResponse), ...times('resolution', report.resolution) });
  for (const { at, firstResponse, ...counts } of report.volume) {
    add('volume', at, { ...counts, ...times('firstResponse', firstResponse) });
  }
  for (const [day, hours] of report.week.entries()) {
    for (const [hour, count] of hours.entries()) add('week', `${WEEKDAYS[day]} ${hour}:00`, { fromCustomers: count });
  }
  for (const { user, firstResponse, resolution, ...counts } of report.byAssignee) {
    const name = user === null ? null : (user.name ?? user.id);
    add('assignee', name, { ...counts, ...times('firstResponse', firstResponse), ...times('resolution', resolution) });
  }
  add('ratings', null, { count: report.ratings.count, average: report.ratings.average });
  for (const { score, count } of report.ratings.byScore) add('ratings', String(score), { count });
  add('bots', null, report.bots);
  return lines;
}

function times(name: string, { count, medianMs, p90Ms }: Durations): Record<string, Cell> {
  return { [`${name}.count`]: count, [`${name}.medianMs`]: medianMs, [`${name}.p90Ms`]: p90Ms };
}
