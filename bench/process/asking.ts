/** How the measuring process and those that it starts speak: questions and answers over the channel between them. */

/** What goes down to a child: a job's name and what it needs. */
export interface Question {
  ask: number;
  job: string;
  given: unknown;
}

/** What comes back. */
export type Answer = { answer: number; value: unknown } | { answer: number; error: string };

/** Answers the jobs named in `jobs`, one at a time or several at once; questions about others are left to others. */
export function answering(jobs: Record<string, (given: never) => unknown>): void {
  const byName = new Map(Object.entries(jobs));
  process.on('message', (question: Question) => {
    const job = byName.get(question.job);
    if (job === undefined) return;
    void answer(job, question).then((message) => process.send?.(message));
  });
}

async function answer(job: (given: never) => unknown, { ask, given }: Question): Promise<Answer> {
  try {
    return { answer: ask, value: await job(given as never) };
  } catch (error) {
    return { answer: ask, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
