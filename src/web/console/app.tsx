/** What is shown: signing in, or the desk once somebody is signed in. */
import { Desk } from './desk.tsx';
import { SignIn } from './sign-in/sign-in.tsx';
import { session } from './state/session.ts';
import { t } from './words.ts';

export function App() {
  const { name } = session.value;
  if (name === 'in') return <Desk />;
  if (name === 'out') return <SignIn />;
  return (
    <main class="waiting" aria-busy="true">
      <p role="status">{name === 'unreachable' ? t('unreachable') : ''}</p>
    </main>
  );
}
