// A process that stops as the server does. It prints `ready`, and `closing` when it begins to close, which takes
// `<close>` ms; after `<echo>` ms of it, it prints `still closing`. With `throw` it fails by itself.
import { pino } from 'pino';
import { stopInOrder } from '../../src/cli/stop.ts';

const [close = '0', limit = '5000', echo = '0', fault = ''] = process.argv.slice(2);
const wait = (ms: string): Promise<void> => new Promise((resolve) => setTimeout(resolve, Number(ms)));

stopInOrder(pino({ level: 'silent' }), Number(limit), async () => {
  process.stdout.write('closing\n');
  await wait(echo);
  process.stdout.write('still closing\n');
  await wait(close);
  process.stdout.write('closed\n');
});
setInterval(() => {}, 60_000);
process.stdout.write('ready\n');
if (fault === 'throw') setImmediate(() => Promise.reject(new Error('nobody catches this')));
