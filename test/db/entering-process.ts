/**
 * A process that enters names into a register, four at a time, and asks again for what is refused, as a client would.
 * Prints what becomes of each: `ok <name>` once it is acknowledged, `refused <code>` each time it is not.
 */
import { randomUUIDv7 } from 'node:crypto';
import { openRegister } from './register.ts';

const AT_ONCE = 4;
const [folder = '', count = '0'] = process.argv.slice(2);
const { enter, store } = openRegister(folder);
const print = (line: string) => process.stdout.write(`${line}\n`);

async function enterOnce(name: string): Promise<void> {
  const uuid = randomUUIDv7();
  for (;;) {
    try {
      await enter(name, { uuid });
      break;
    } catch (error) {
      const { code } = error as { code: string };
      print(`refused ${code}`);
      // Its own uuid is in the way: it had been written after all.
      if (code === 'INTERNAL') break;
    }
  }
  print(`ok ${name}`);
}

print('open');
for (let first = 0; first < Number(count); first += AT_ONCE) {
  await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => enterOnce(`name ${first + index}`)));
}
await store.close();
print('done');
