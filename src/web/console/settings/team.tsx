/** The team: who they are, what they may, who may still come in. */
import { useState } from 'preact/hooks';
import type { InvitationAnswer } from '../../../protocol/http-auth.ts';
import type { Role, User } from '../../../protocol/person.ts';
import { Avatar } from '../parts/avatar.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Icon } from '../parts/icon.tsx';
import { Menu } from '../parts/menu.tsx';
import { now } from '../state/clock.ts';
import { me, presence } from '../state/desk.ts';
import { loadTeam, personName, team } from '../state/people.ts';
import { listTime } from '../times.ts';
import { t } from '../words.ts';
import { Pill, Segments, TextField } from './fields.tsx';
import { Failed, SettingsPage } from './page.tsx';
import { ResetTotp } from './reset-totp.tsx';
import { api, useResource } from './resource.ts';
import { Secret } from './secret.tsx';

type TeamRole = 'peer' | 'agent' | 'admin';
const roles = () =>
  [
    ['agent', t('roleAgent')],
    ['peer', t('rolePeer')],
    ['admin', t('roleAdmin')],
  ] as const satisfies readonly (readonly [TeamRole, string])[];

export function Team() {
  const [adding, setAdding] = useState(false);
  const [resetting, setResetting] = useState<User>();
  const { attempt, reason } = useResource(loadTeam);
  const people = team.value.filter(({ role }) => role !== 'bot');
  const change = async (user: User, body: object) => {
    await attempt(() => api('PATCH', `/v1/users/${user.id}`, body));
    await loadTeam();
  };
  return (
    <SettingsPage
      title={t('teamPage')}
      actions={
        <button type="button" class="button primary" onClick={() => setAdding(true)}>
          <Icon name="plus" size={18} /> {t('addSomebody')}
        </button>
      }
    >
      <Failed reason={reason} />
      <table class="table">
        <thead>
          <tr>
            <th>{t('name')}</th>
            <th>{t('role')}</th>
            <th>{t('state')}</th>
            <th>
              <span class="sr-only">{t('menu')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {people.map((user) => (
            <tr key={user.id}>
              <td>
                <span class="person">
                  <Avatar person={user} size={28} />
                  <span>
                    <bdi>{personName(user)}</bdi>
                    <small>{user.email}</small>
                  </span>
                </span>
              </td>
              <td>
                {roleName(user.role)}
                {user.secondFactor ? <small class="details-line">{t('secondFactor')}</small> : null}
              </td>
              <td>
                {user.disabledAt ? (
                  <Pill tone="bad">{t('disabled')}</Pill>
                ) : presence.value.get(user.id) === 'online' ? (
                  <Pill tone="good">{t('onlineState')}</Pill>
                ) : (
                  <span class="quiet">{user.lastSeenAt ? listTime(user.lastSeenAt, now.value) : t('neverHere')}</span>
                )}
              </td>
              <td class="end">
                {user.id === me.value.id ? null : (
                  <Menu
                    label={`${t('menu')}: ${personName(user)}`}
                    class="icon-button"
                    align="end"
                    items={[
                      ...roles().map(([role, label]) => ({
                        label,
                        chosen: user.role === role,
                        run: () => change(user, { role }),
                      })),
                      'line',
                      ...(user.secondFactor ? [{ label: t('resetSecondFactor'), run: () => setResetting(user) }] : []),
                      {
                        label: t(user.disabledAt ? 'enable' : 'disable'),
                        danger: !user.disabledAt,
                        run: () => change(user, { disabled: !user.disabledAt }),
                      },
                    ]}
                  >
                    <Icon name="more" />
                  </Menu>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {adding ? <Add close={() => setAdding(false)} /> : null}
      {resetting ? <ResetTotp user={resetting} close={() => setResetting(undefined)} done={loadTeam} /> : null}
    </SettingsPage>
  );
}

function roleName(role: Role): string {
  return roles().find(([id]) => id === role)?.[1] ?? role;
}

function Add({ close }: { close(): void }) {
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<TeamRole>('agent');
  const [made, setMade] = useState<InvitationAnswer>();
  const { attempt, reason } = useResource(async () => true);
  const invite = async (event: Event) => {
    event.preventDefault();
    const body = { role, email, ...(name ? { name } : {}) };
    const invitation = await attempt(() => api<InvitationAnswer>('POST', '/v1/invitations', body));
    if (!invitation) return;
    setMade(invitation);
    await loadTeam();
  };
  const link = made && new URL(made.link, location.origin).href;
  return (
    <Dialog title={t('addSomebody')} close={close}>
      <form class="form" onSubmit={invite}>
        <TextField label={t('name')} value={name} set={setName} maxLength={200} />
        <TextField label={t('email')} value={email} set={setEmail} type="email" required />
        <Segments label={t('role')} value={role} set={(next: TeamRole) => setRole(next)} options={roles()} />
        <p class="quiet">{t(role === 'peer' ? 'peerMay' : role === 'agent' ? 'agentMay' : 'adminMay')}</p>
        <Failed reason={reason} />
        {link ? <Secret label={t(made.mailed ? 'invitationMailed' : 'invitationLink')} value={link} /> : null}
        <span class="form-buttons">
          <button type="button" class="button" onClick={close}>
            {t(made ? 'toClose' : 'cancel')}
          </button>
          {made ? null : (
            <button type="submit" class="button primary">
              {t('inviteByLink')}
            </button>
          )}
        </span>
      </form>
    </Dialog>
  );
}
