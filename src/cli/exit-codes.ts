/** What the process's exit code tells; the help and docs/settings.md print this table. */
export const exitCodes = {
  done: { code: 0, meaning: 'done, or stopped by a signal with everything written' },
  failed: { code: 1, meaning: 'something unforeseen, or not everything was done when the time to stop was over' },
  usage: { code: 2, meaning: 'an unknown command or option' },
  config: { code: 3, meaning: 'a setting is wrong or unknown' },
  data: { code: 4, meaning: 'the data folder or the database cannot be used' },
  address: { code: 5, meaning: 'the address cannot be listened on' },
  findings: { code: 6, meaning: 'parley check found something wrong' },
  skipped: { code: 7, meaning: 'parley import left something out, and said what' },
  refused: { code: 8, meaning: 'the server refused what it was asked (token, send, tail)' },
  unreachable: { code: 9, meaning: 'no server answers (token, send, tail)' },
} as const;

/** The table as lines of text, for the help. */
export const exitCodeLines: readonly string[] = Object.values(exitCodes).map(
  ({ code, meaning }) => `  ${code}  ${meaning}`,
);
