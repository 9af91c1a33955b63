import t from 'tap';
import { noPostgres } from '../db/postgres/server.ts';
import { LONG_MS, overPostgres } from './doors.ts';

t.setTimeout(LONG_MS);
t.test('over PostgreSQL', { skip: noPostgres }, (t) => overPostgres(t, 'ws/*.test.ts'));
