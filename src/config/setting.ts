import type { Static } from 'typebox';
import { type Form, forms } from './forms.ts';
import { groups, type settingsSchema } from './schema.ts';

/** One setting, as the reader, the help and the page need it. */
export type Setting = {
  name: keyof Static<typeof settingsSchema>;
  group: string;
  env: string;
  /** Option of the command line; undefined for secrets, which every user of a machine could read there. */
  flag: string | undefined;
  kind: 'text' | 'integer' | 'boolean' | 'list' | 'choice';
  description: string;
  example: string;
  default: string | number | boolean | readonly string[] | undefined;
  secret: boolean;
  form: Form | undefined;
  choices: readonly string[];
  minimum: number;
  maximum: number;
};

/** The keywords as they stand in the schema; TypeBox types none but its own. */
type Keywords = {
  type?: 'string' | 'integer' | 'boolean' | 'array';
  enum?: readonly string[];
  env: string;
  description: string;
  example: string;
  default?: Setting['default'];
  form?: string;
  secret?: true;
  minimum?: number;
  maximum?: number;
};

const kinds = { string: 'text', integer: 'integer', boolean: 'boolean', array: 'list' } as const;

function settingOf(group: string, name: Setting['name'], keywords: Keywords): Setting {
  const form = keywords.form === undefined ? undefined : forms.get(keywords.form);
  return {
    name,
    group,
    env: keywords.env,
    flag: keywords.secret ? undefined : name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
    kind: keywords.type === undefined ? 'choice' : kinds[keywords.type],
    description: keywords.description,
    example: keywords.example,
    default: keywords.default,
    secret: keywords.secret ?? false,
    form,
    choices: keywords.enum ?? [],
    minimum: keywords.minimum ?? Number.MIN_SAFE_INTEGER,
    maximum: keywords.maximum ?? Number.MAX_SAFE_INTEGER,
  };
}

/** Every setting, in the order of the groups. */
export const allSettings: readonly Setting[] = Object.entries(groups).flatMap(([group, properties]) =>
  Object.entries(properties).map(([name, schema]) =>
    settingOf(group, name as Setting['name'], schema as unknown as Keywords),
  ),
);
