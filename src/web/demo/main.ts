/** The made-up shop: its button opens the chat by the page's own call. */
import './style.css';

type Parley = (name: string, ...values: unknown[]) => void;

document.querySelector('#ask')?.addEventListener('click', () => {
  (window as unknown as { Parley?: Parley }).Parley?.('open');
});
