import { CannotStart } from '../cannot-start';
import { apiKeyCreate } from './api-key-create';
import { bounces } from './bounces';
import { type Command, helpOf, type Output, Refused, readOptions, UsageError } from './command';
import { doctor } from './doctor';
import { passwordReset } from './password-reset';
import { setup } from './setup';
import { workspaceCreate } from './workspace-create';

/*
 * The command line. Results go to standard output and everything else to standard error; exit code 0: done, 1: it did not
 * happen (or the doctor found a fault), 2: what was typed is wrong.
 */

const commands: Command[] = [setup, workspaceCreate, apiKeyCreate, passwordReset, bounces, doctor];

function overview(): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  return [
    'npm run cli -- COMMAND [options]',
    '',
    ...commands.map(({ name, about }) => `  ${name.padEnd(width)}  ${about}`),
    '',
    'Each command tells its options with --help, and prints JSON with --json. Call it as npm run -s cli -- … in scripts,',
    'so that npm itself prints nothing. It works while Posthaste runs and while it does not, with the same DATA_DIR,',
    'DATABASE_URL and APP_SECRET in the environment.',
  ].join('\n');
}

function find(args: string[]): { command: Command; rest: string[] } {
  for (const command of commands) {
    const words = command.name.split(' ');
    if (words.every((word, index) => args[index] === word))
      return { command, rest: args.slice(words.length) };
  }
  const tried = args.filter((arg) => !arg.startsWith('-')).slice(0, 2);
  throw new UsageError(
    tried.length > 0
      ? `There is no command "${tried.join(' ')}": see npm run cli -- --help.`
      : 'Name a command: see npm run cli -- --help.',
  );
}

function print({ lines, json }: Output, asJson: boolean): void {
  process.stdout.write(asJson ? `${JSON.stringify(json)}\n` : lines.map((line) => `${line}\n`).join(''));
}

async function main(args: string[]): Promise<number> {
  if (args[0] === '--help' || args[0] === '-h' || args[0] === 'help') {
    process.stdout.write(`${overview()}\n`);
    return 0;
  }
  const { command, rest } = find(args);
  const { values, help, json } = readOptions(command, rest);
  if (help) {
    process.stdout.write(`${helpOf(command)}\n`);
    return 0;
  }
  const output = await command.run(values);
  print(output, json);
  return output.failed ? 1 : 0;
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    const isExpected =
      error instanceof UsageError || error instanceof Refused || error instanceof CannotStart;
    console.error(isExpected ? error.message : error);
    process.exit(error instanceof UsageError ? 2 : error instanceof Refused ? error.exitCode : 1);
  },
);
