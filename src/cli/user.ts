import { type Config, readConfig } from '../config.ts';
import type { Operator } from '../protocol/operator.ts';
import type { User } from '../protocol/person.ts';
import { exitCodes } from './exit-codes.ts';
import { operating } from './operating.ts';
import { readOptions } from './options.ts';
import { UsageError } from './usage-error.ts';

const HELP = `Usage: parley user <what> [e-mail] [options of parley serve]

Who may log in. A server that works in the data folder is asked to do it; without one it is done in the folder itself.

  list           the team
  add            --role admin, agent or peer, --name: prints a link of one use, good for a day, by which they choose a password
  disable        they may not log in any more, and their sessions end
  password       prints such a link for somebody who cannot come in
  second-factor  switches their second factor off, removes their passkeys and ends their sessions

  --json      tell the outcome as JSON
  -h, --help  print this
`;

const WHAT = ['list', 'add', 'disable', 'password', 'second-factor'] as const;
const ROLES = ['admin', 'agent', 'peer'] as const;

/** `parley user`: what an operator does who has the machine and not the password. Gives the exit code. */
export async function user(args: readonly string[]): Promise<number> {
  const given = readOptions(args, { words: ['json'], values: ['role', 'name'], places: 2 });
  const [name = '', address = ''] = given.places;
  if (args.length === 0 || given.words.has('help')) {
    process.stdout.write(HELP);
    return exitCodes.done.code;
  }
  const what = WHAT.find((one) => one === name);
  if (what === undefined) throw new UsageError(`parley user knows ${WHAT.join(', ')}, not "${name}"`);
  const config = readConfig(process.env, given.flags);
  const tell = (value: unknown, text: string) =>
    process.stdout.write(`${given.words.has('json') ? JSON.stringify(value) : text}\n`);
  if (what === 'list') {
    const team = await operating(config, (operator) => operator.team({}));
    tell(team, team.map(lineOf).join('\n'));
    return exitCodes.done.code;
  }
  if (!/^[^\s@]+@[^\s@]+$/.test(address)) throw new UsageError(`parley user ${what} needs an e-mail address`);
  const email = address.toLowerCase();
  if (what === 'add') {
    const role = ROLES.find((one) => one === given.values.get('role'));
    if (role === undefined) throw new UsageError(`--role must be one of ${ROLES.join(', ')}`);
    const own = given.values.get('name') ?? (email.split('@', 1)[0] as string);
    const link = await operating(
      config,
      async (operator) => {
        await operator.add({ email, name: own, role });
        return linkFor(operator, email, config);
      },
      { make: true },
    );
    tell({ email, role, link }, `${link}\n(this link works once, for a day)`);
  } else if (what === 'password') {
    const link = await operating(config, (operator) => linkFor(operator, email, config));
    tell({ email, link }, `${link}\n(this link works once, for a day)`);
  } else if (what === 'disable') {
    await operating(config, (operator) => operator.disable({ email }));
    tell({ email, disabled: true }, `${email} may not log in any more.`);
  } else {
    await operating(config, (operator) => operator.resetTotp({ email }));
    tell({ email, secondFactor: false }, `${email} logs in by the password alone again.`);
  }
  return exitCodes.done.code;
}

async function linkFor(operator: Operator, email: string, config: Config): Promise<string> {
  const link = await operator.passwordLink({ email });
  const base = config.publicUrl ?? `http://${config.host}:${config.port}`;
  return String(new URL(`/console#link=${link}`, base));
}

function lineOf({ email, role, name, disabledAt, blockedAt }: User): string {
  const state = disabledAt !== null ? '  disabled' : blockedAt !== null ? '  blocked' : '';
  return `${role.padEnd(6)} ${email ?? '–'}  ${name ?? ''}${state}`;
}
