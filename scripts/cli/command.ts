import { parseArgs } from 'node:util';
import type { z } from 'zod';

/** What was typed is wrong: told in one sentence, with exit code 2. */
export class UsageError extends Error {}

/** What was asked for did not happen: told in one sentence, with exit code 1, or the one that a caller knows to act on. */
export class Refused extends Error {
  constructor(
    message: string,
    readonly exitCode = 1,
  ) {
    super(message);
  }
}

type Option = { value: string; about: string };

export type Command<Input = unknown> = {
  name: string;
  about: string;
  options: Record<string, Option>;
  /** More for those who ask for help. */
  notes?: string;
  /** The options by their names in camel case. */
  input: z.ZodType<Input>;
  /** What it prints: lines, and with --json one object. */
  run(input: Input): Promise<Output>;
};

export type Output = { lines: string[]; json: Record<string, unknown>; failed?: boolean };

/** Keeps a command's own type of input inside. */
export const defineCommand = <Input>(command: Command<Input>) => ({
  ...command,
  run: (raw: unknown) => command.run(check(command, raw)),
});

const camel = (name: string) => name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

function check<Input>({ name, input }: Command<Input>, raw: unknown): Input {
  const parsed = input.safeParse(raw);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const option = kebab(String(issue?.path[0] ?? ''));
  const value = typeof raw === 'object' && raw !== null ? Object.entries(raw) : [];
  const isMissing = !value.some(([key]) => kebab(key) === option);
  throw new UsageError(
    isMissing
      ? `--${option} is missing: see npm run cli -- ${name} --help.`
      : `--${option} is not right: ${issue?.message}`,
  );
}

/** What was typed behind the command's name, by the options' names in camel case. */
export function readOptions(
  { name, options }: Pick<Command, 'name' | 'options'>,
  args: string[],
): { values: Record<string, string>; help: boolean; json: boolean } {
  const strings = Object.fromEntries(Object.keys(options).map((key) => [key, { type: 'string' as const }]));
  const flags = { help: { type: 'boolean' as const, short: 'h' }, json: { type: 'boolean' as const } };
  try {
    const { values } = parseArgs({ args, options: { ...strings, ...flags } });
    const { help = false, json = false, ...rest } = values;
    const given = Object.entries(rest).map(([key, value]): [string, string] => [camel(key), String(value)]);
    return { values: Object.fromEntries(given), help: help === true, json: json === true };
  } catch (error) {
    const said = error instanceof Error ? (error.message.split(/[.\n]/, 1)[0] ?? '') : String(error);
    throw new UsageError(`${said}: see npm run cli -- ${name} --help.`);
  }
}

export function helpOf({ name, about, options, notes }: Command): string {
  const named = Object.entries(options).map(([key, { value, about: what }]) => [`--${key} ${value}`, what]);
  const rows = [...named, ['--json', 'prints JSON'], ['--help', 'prints this']];
  const width = Math.max(...rows.map(([left = '']) => left.length));
  const lines = rows.map(([left = '', right]) => `  ${left.padEnd(width)}  ${right}`);
  return [`npm run cli -- ${name} [options]`, '', about, '', ...lines, ...(notes ? ['', notes] : [])].join(
    '\n',
  );
}
