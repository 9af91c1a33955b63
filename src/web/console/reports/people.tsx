/** How much each answers, and how content people are. */
import type { Report } from '../../../protocol/report.ts';
import { Avatar } from '../parts/avatar.tsx';
import { Face } from '../parts/icon.tsx';
import { personName } from '../state/people.ts';
import { locale, t } from '../words.ts';
import { durationText } from './durations.ts';

/** Nobody's conversations are those that wait, or were closed unanswered. */
export function ByPerson({ people }: { people: Report['byAssignee'] }) {
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
  return (
    <table class="table">
      <thead>
        <tr>
          <th>{t('name')}</th>
          <th class="end">{t('isClosed')}</th>
          <th class="end">{t('firstAnswer')}</th>
          <th class="end">{t('rating')}</th>
        </tr>
      </thead>
      <tbody>
        {people.map(({ user, closed, firstResponse: { medianMs }, rating }) => (
          <tr key={user?.id ?? ''}>
            <td>
              <span class="person">
                <Avatar person={user} size={24} /> <bdi>{personName(user)}</bdi>
              </span>
            </td>
            <td class="end">{number.format(closed)}</td>
            <td class="end">{medianMs === null ? '–' : durationText(medianMs)}</td>
            <td class="end">{rating === null ? '–' : number.format(rating)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function Ratings({ byScore }: { byScore: Report['ratings']['byScore'] }) {
  const most = Math.max(1, ...byScore.map(({ count }) => count));
  return (
    <ul class="ratings">
      {[5, 4, 3, 2, 1].map((score) => {
        const n = byScore.find((one) => one.score === score)?.count ?? 0;
        return (
          <li key={score}>
            <Face score={score} size={22} />
            <span class="sr-only">{t('ratedWith', { count: score })}</span>
            <span class="rating-bar">
              <i style={{ width: `${(n / most) * 100}%` }} />
            </span>
            <span class="rating-count">{n}</span>
          </li>
        );
      })}
    </ul>
  );
}
