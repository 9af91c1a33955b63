/** What the numbers say: how much comes, how fast it is answered, how content people are. */
import { useEffect, useState } from 'preact/hooks';
import { Icon } from '../parts/icon.tsx';
import { Segments } from '../settings/fields.tsx';
import { reasonOf } from '../state/actions.ts';
import { save } from '../state/customer.ts';
import { clockTime, shortDay } from '../times.ts';
import { locale, t } from '../words.ts';
import { Card } from './card.tsx';
import { Bars, HeatMap, Lines } from './charts.tsx';
import { durationParts, durationText } from './durations.ts';
import { type Loaded, loadReport, reportAsCsv, SPANS, type Span } from './load-report.ts';
import { ByPerson, Ratings } from './people.tsx';

export function Reports() {
  const [span, setSpan] = useState<Span>('28');
  const [loaded, setLoaded] = useState<Loaded>();
  const [reason, setReason] = useState('');
  useEffect(() => {
    let wanted = true;
    setReason('');
    loadReport(span).then(
      (next) => wanted && setLoaded(next),
      (error) => wanted && setReason(reasonOf(error)),
    );
    return () => {
      wanted = false;
    };
  }, [span]);
  const saveCsv = () =>
    reportAsCsv(span).then(
      (blob) => save(blob, `parley-${span}-days.csv`),
      (error) => setReason(reasonOf(error)),
    );
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
          options={SPANS.map((days) => {
            const count = Number(days);
            return [days, count === 1 ? t('nHours', { count: 24 }) : t('days', { count })] as const;
          })}
        />
        <button type="button" class="button" onClick={() => void saveCsv()}>
          <Icon name="download" size={18} /> CSV
        </button>
      </header>
      {reason ? (
        <p class="form-error" role="alert">
          {reason}
        </p>
      ) : null}
      {loaded ? <Shown {...loaded} /> : <div class="figures loading" aria-busy={!reason} />}
    </div>
  );
}

function Shown({ report, by, before }: Loaded) {
  const { ratings, volume, byAssignee, week } = report;
  const steps = volume.map((step) => ({
    ...step,
    label: by === 'hour' ? clockTime(step.at) : shortDay(step.at),
  }));
  const unit = t(by);
  return (
    <>
      <Figures report={report} before={before} />
      <div class="report-row">
        <Volume steps={steps} unit={unit} />
        <Card
          title={t('firstAnswerMinutes')}
          legend={[
            ['accent', t('median')],
            ['dashed', 'p90'],
          ]}
          narrow
        >
          <Lines
            label={t('firstAnswerMinutes')}
            step={unit}
            points={steps.map((step) => ({ ...step, ...step.firstResponse }))}
          />
        </Card>
      </div>
      <div class="report-row">
        <Card title={t('whenPeopleWrite')}>
          <HeatMap hours={week} />
        </Card>
        <Card title={t('byPerson')}>
          <ByPerson people={byAssignee} />
        </Card>
        <Card title={t('rating')} narrow>
          <Ratings byScore={ratings.byScore} />
        </Card>
      </div>
    </>
  );
}

type Counted = 'conversations' | 'messages';
type VolumeProps = { steps: readonly (Loaded['report']['volume'][number] & { label: string })[]; unit: string };

/** How much came: conversations, or what was written in them. */
function Volume({ steps, unit }: VolumeProps) {
  const [what, setWhat] = useState<Counted>('conversations');
  const ofMessages = what === 'messages';
  const words = ofMessages
    ? { upper: t('fromCustomers'), lower: t('fromTeam') }
    : { upper: t('personAnswered'), lower: t('botAloneShort') };
  const bars = steps.map(({ at, label, begun, contained, messages, fromCustomers }) =>
    ofMessages
      ? { at, label, upper: fromCustomers, lower: messages - fromCustomers }
      : { at, label, upper: begun - contained, lower: contained },
  );
  const title = t(ofMessages ? 'messages' : 'newADay');
  return (
    <Card
      title={title}
      legend={[
        ['accent', words.upper],
        ['other', words.lower],
      ]}
      action={
        <Segments
          bare
          label={t('whatIsCounted')}
          value={what}
          set={(next: Counted) => setWhat(next)}
          options={[
            ['conversations', t('conversationsWord')],
            ['messages', t('messages')],
          ]}
        />
      }
    >
      <Bars label={title} step={unit} words={words} bars={bars} />
    </Card>
  );
}

function Figures({ report, before }: Pick<Loaded, 'report' | 'before'>) {
  const { begun, messages, firstResponse, resolution, ratings, bots } = report;
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
  const more = before ? Math.round(((begun - before) / before) * 100) : undefined;
  const comparison =
    more === undefined ? '' : t(more < 0 ? 'lessThanBefore' : 'moreThanBefore', { count: Math.abs(more) });
  const within = (p90Ms: number | null) => (p90Ms === null ? '' : t('nineOfTen', { time: durationText(p90Ms) }));
  return (
    <dl class="figures">
      <Figure
        name={t('conversationsWord')}
        value={number.format(begun)}
        hint={[t('nMessages', { count: messages }), comparison].filter(Boolean).join(' · ')}
      />
      <Figure name={t('firstAnswer')} {...durationParts(firstResponse.medianMs)} hint={within(firstResponse.p90Ms)} />
      <Figure name={t('untilClosed')} {...durationParts(resolution.medianMs)} hint={within(resolution.p90Ms)} />
      <Figure
        name={t('rating')}
        value={ratings.average === null ? '–' : number.format(ratings.average)}
        unit={ratings.average === null ? '' : t('ofFive')}
        hint={ratings.count ? t('fromPeople', { count: ratings.count }) : ''}
      />
      <Figure
        name={t('botAlone')}
        value={bots.answered ? `${Math.round((bots.contained / bots.answered) * 100)}%` : '–'}
        hint={bots.answered ? t('ofBotAnswered', { count: bots.answered }) : ''}
      />
    </dl>
  );
}

function Figure({ name, value, unit = '', hint }: { name: string; value: string; unit?: string; hint: string }) {
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
