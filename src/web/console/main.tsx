/** The console: the page on which the team answers. */
import { render } from 'preact';
import { App } from './app.tsx';
import { watchPath } from './state/route.ts';
import { start } from './state/session.ts';
import { followTheme } from './state/theme.ts';
import './styles/console.css';
import { loadWords } from './words.ts';

watchPath();
followTheme();
void loadWords().then(() => {
  render(<App />, document.getElementById('app') as HTMLElement);
  return start();
});
