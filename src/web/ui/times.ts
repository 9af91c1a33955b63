/** Times in the reader's language, by Intl. */
export type Times = {
  /** "09:14" */
  time(at: Date): string;
  /** "Today", "Yesterday", "Monday" within a week, else "3 March", with the year where it is another. */
  day(at: Date, now: Date): string;
  /** Day and time in full, for who hovers or listens. */
  full(at: Date): string;
  /** "Monday at 9:00", or the time alone when it is today: when something will be. */
  coming(at: Date, now: Date): string;
  number(value: number): string;
};

const DAY_MS = 86_400_000;

/** Whole days between the two by the calendar, not by the clock. */
export function daysBetween(from: Date, to: Date): number {
  const midnight = (at: Date) => Date.UTC(at.getFullYear(), at.getMonth(), at.getDate());
  return Math.round((midnight(to) - midnight(from)) / DAY_MS);
}

/** @param language a BCP 47 tag; one that Intl does not know counts as the browser's own */
export function createTimes(language: string): Times {
  // Each is made when it is first needed: together they would hold a slow phone up.
  const format = (options: Intl.DateTimeFormatOptions) => {
    let made: Intl.DateTimeFormat | undefined;
    return (at: Date) => {
      made ??= new Intl.DateTimeFormat(language, options);
      return made.format(at);
    };
  };
  const time = format({ hour: '2-digit', minute: '2-digit' });
  const weekday = format({ weekday: 'long' });
  const date = format({ day: 'numeric', month: 'long' });
  const dateOfYear = format({ day: 'numeric', month: 'long', year: 'numeric' });
  const full = format({ dateStyle: 'full', timeStyle: 'short' });
  const weekdayTime = format({ weekday: 'long', hour: 'numeric', minute: '2-digit' });
  let relative: Intl.RelativeTimeFormat | undefined;
  const capital = (text: string) => text.charAt(0).toLocaleUpperCase(language) + text.slice(1);
  return {
    time,
    full,
    day(at, now) {
      const days = daysBetween(at, now);
      if (days === 0 || days === 1) {
        relative ??= new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
        return capital(relative.format(-days, 'day'));
      }
      if (days > 1 && days < 7) return capital(weekday(at));
      return at.getFullYear() === now.getFullYear() ? date(at) : dateOfYear(at);
    },
    coming: (at, now) => (daysBetween(now, at) === 0 ? time(at) : weekdayTime(at)),
    number: (value) => value.toLocaleString(language),
  };
}
