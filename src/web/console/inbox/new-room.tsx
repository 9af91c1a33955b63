/** A room among the team, made by an admin: what it is about, and who is in it. */
import { useState } from 'preact/hooks';
import { Dialog } from '../parts/dialog.tsx';
import { TextField } from '../settings/fields.tsx';
import { reasonOf } from '../state/actions.ts';
import { colleagues } from '../state/among-us.ts';
import { me } from '../state/desk.ts';
import { closeOverlay } from '../state/overlay.ts';
import { personName } from '../state/people.ts';
import { makeRoom } from '../state/talk.ts';
import { t } from '../words.ts';

export function NewRoom() {
  const [subject, setSubject] = useState('');
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [reason, setReason] = useState<string>();
  const make = async (event: Event) => {
    event.preventDefault();
    try {
      await makeRoom(subject.trim(), [me.value.id, ...chosen]);
      closeOverlay();
    } catch (error) {
      setReason(reasonOf(error));
    }
  };
  return (
    <Dialog title={t('newRoom')} close={closeOverlay}>
      <form class="form" onSubmit={make}>
        <TextField label={t('subject')} value={subject} set={setSubject} required maxLength={200} />
        <fieldset class="checks">
          <legend>{t('whoIsIn')}</legend>
          {colleagues.value.map((one) => (
            <label key={one.id}>
              <input
                type="checkbox"
                checked={chosen.includes(one.id)}
                onChange={({ currentTarget }) =>
                  setChosen(currentTarget.checked ? [...chosen, one.id] : chosen.filter((id) => id !== one.id))
                }
              />
              <bdi>{personName(one)}</bdi>
            </label>
          ))}
        </fieldset>
        {reason ? (
          <p class="form-error" role="alert">
            {reason}
          </p>
        ) : null}
        <span class="form-buttons">
          <button type="button" class="button" onClick={closeOverlay}>
            {t('cancel')}
          </button>
          <button type="submit" class="button primary" disabled={chosen.length === 0}>
            {t('makeRoom')}
          </button>
        </span>
      </form>
    </Dialog>
  );
}
