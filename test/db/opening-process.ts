/**
 * A process that opens the data folder it is given: prints `open` and stays until it is killed, or prints why it
 * cannot and ends.
 */
import { StartError } from '../../src/db/start-error.ts';
import { openRegister } from './register.ts';

try {
  openRegister(process.argv[2] ?? '');
  process.stdout.write('open\n');
  process.stdin.resume();
} catch (error) {
  if (!(error instanceof StartError)) throw error;
  process.stdout.write(`${error.message}\n`);
}
