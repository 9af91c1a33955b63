import { defineConfig } from 'drizzle-kit';

/** For drizzle-kit's own commands. New migrations are made by `npm run db:generate`, which adds STRICT and embeds them. */
export default defineConfig({
  dialect: 'sqlite',
  schema: './src/db/schema',
  out: './drizzle',
  casing: 'snake_case',
});
