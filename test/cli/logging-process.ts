// A process that logs: `<lines> lines`, before and after its reader has caught up, then ends as the server does.
import { once } from 'node:events';
import { createLog } from '../../src/cli/log.ts';
import { logOutput, written } from '../../src/cli/log-output.ts';

const [lines = '0', ending = 'end'] = process.argv.slice(2);
const log = createLog({ logLevel: 'info', keepAddress: true }, await logOutput());
for (let line = 0; line < Number(lines); line++) log.info({ line, filling: 'x'.repeat(200) });
process.stderr.write('logged\n');
if (ending === 'drain') {
  await once(process.stdout, 'drain');
  log.info('after the drain');
}
await written(200);
process.exit(0);
