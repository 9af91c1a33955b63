/** What the numbers say: how much comes, how fast it is answered, how content people are. */
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Avatar } from '../parts/avatar.tsx';
import { Face, Icon } from '../parts/icon.tsx';
import { Segments } from '../settings/fields.tsx';
import { reasonOf } from '../state/actions.ts';
import { save } from '../state/customer.ts';
import { personName } from '../state/people.ts';
import { locale, t } from '../words/words.ts';
import { Bars, HeatMap, Lines } from './charts.tsx';
import { csvOf } from './csv.ts';
import { durationParts, durationText } from './durations.ts';
import { loadReport } from './load-report.ts';
import type { Report } from './report.ts';

const SPANS = ['7', '28', '90'] as const;
type Span = (typeof SPANS)[number];

export function Reports() {
  const [span, setSpan] = useState<Span>('28');
  const [report, setReport] = useState<Report>();
  const [reason, setReason] = useState('');
  useEffect(() => {
    let wanted = true;
    loadReport(Number(span)).then(
      (next) => wanted && setReport(next),
      (error) => wanted && setReason(reasonOf(error)),
    );
    return () => {
      wanted = false;
    };
  }, [span]);
  return (
    <div class="reports">
      <header>
        <h1>{t('reports')}</h1>
        <span class="spacer" />
        <Segments
          bare
          label={t('span')}
          value={span}
          set={(next: Span) => setSpan(next)}
          options={SPANS.map((days) => [days, t('nDays', { count: Number(days) })] as const)}
        />
        <button
          type="button"
          class="button"
          disabled={!report}
          onClick={() => report && save(new Blob([csvOf(report)], { type: 'text/csv' }), `parley-${span}-days.csv`)}
        >
          <Icon name="download" size={18} /> CSV
        </button>
      </header>
      {reason ? (
        <p class="form-error" role="alert">
          {reason}
        </p>
      ) : null}
      {report ? <Shown report={report} /> : <div class="figures loading" aria-busy={!reason} />}
    </div>
  );
}

function Shown({ report }: { report: Report }) {
  const { total, before, first, closing, ratings, botAlone, days, people, hours } = report;
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
  const rated = ratings.reduce((sum, n) => sum + n, 0);
  const average = rated ? ratings.reduce((sum, n, at) => sum + n * (at + 1), 0) / rated : undefined;
  const more = before ? Math.round(((total - before) / before) * 100) : undefined;
  return (
    <>
      <dl class="figures">
        <Figure
          name={t('conversationsWord')}
          value={number.format(total)}
          unit=""
          hint={more === undefined ? '' : t(more < 0 ? 'lessThanBefore' : 'moreThanBefore', { count: Math.abs(more) })}
        />
        <Figure
          name={t('firstAnswer')}
          {...durationParts(first?.median)}
          hint={first ? t('nineOfTen', { time: durationText(first.p90) }) : ''}
        />
        <Figure
          name={t('untilClosed')}
          {...durationParts(closing?.median)}
          hint={closing ? t('nineOfTen', { time: durationText(closing.p90) }) : ''}
        />
        <Figure
          name={t('rating')}
          value={average === undefined ? '–' : number.format(average)}
          unit={average === undefined ? '' : t('ofFive')}
          hint={rated ? t('fromPeople', { count: rated }) : ''}
        />
        <Figure
          name={t('botAlone')}
          value={botAlone === undefined ? '–' : `${Math.round(botAlone * 100)}%`}
          unit=""
          hint=""
        />
      </dl>
      <div class="report-row">
        <Card
          title={t('newADay')}
          legend={[
            ['accent', t('personAnswered')],
            ['other', t('botAloneShort')],
          ]}
        >
          <Bars days={days} />
        </Card>
        <Card
          title={t('firstAnswerMinutes')}
          legend={[
            ['accent', t('median')],
            ['dashed', 'p90'],
          ]}
          narrow
        >
          <Lines days={days} />
        </Card>
      </div>
      <div class="report-row">
        <Card title={t('whenPeopleWrite')}>
          <HeatMap hours={hours} />
        </Card>
        <Card title={t('byPerson')}>
          <table class="table">
            <thead>
              <tr>
                <th>{t('name')}</th>
                <th class="end">{t('closed')}</th>
                <th class="end">{t('firstAnswer')}</th>
                <th class="end">{t('rating')}</th>
              </tr>
            </thead>
            <tbody>
              {people.map(({ user, closed, firstMs, rating }) => (
                <tr key={user.id}>
                  <td>
                    <span class="person">
                      <Avatar person={user} size={24} /> <bdi>{personName(user)}</bdi>
                    </span>
                  </td>
                  <td class="end">{number.format(closed)}</td>
                  <td class="end">{firstMs === undefined ? '–' : durationText(firstMs)}</td>
                  <td class="end">{rating === undefined ? '–' : number.format(rating)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Card>
        <Card title={t('rating')} narrow>
          <Ratings ratings={ratings} />
        </Card>
      </div>
    </>
  );
}

function Figure({ name, value, unit, hint }: { name: string; value: string; unit: string; hint: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <b>{value}</b> {unit}
        <small>{hint}</small>
      </dd>
    </div>
  );
}

type CardProps = {
  title: string;
  legend?: readonly (readonly [string, string])[];
  narrow?: boolean;
  children: ComponentChildren;
};

function Card({ title, legend = [], narrow, children }: CardProps) {
  return (
    <section class={`report-card${narrow ? ' narrow' : ''}`}>
      <header>
        <h2>{title}</h2>
        {legend.map(([look, word]) => (
          <span key={look} class={`legend ${look}`}>
            {word}
          </span>
        ))}
      </header>
      {children}
    </section>
  );
}

function Ratings({ ratings }: { ratings: readonly number[] }) {
  const most = Math.max(1, ...ratings);
  return (
    <ul class="ratings">
      {[5, 4, 3, 2, 1].map((score) => {
        const n = ratings[score - 1] ?? 0;
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
