import { z } from 'zod';
import { defineCommand } from './command';
import { examineDatabase } from './doctor-database';
import { type Finding, fault, found } from './doctor-finding';
import { examineDirectory, examineNode, examineSecret } from './doctor-machine';
import { examineSenders } from './doctor-senders';
import { closing, openDatabase, readSettings, setEnvironment } from './installation';

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Looks from the machine inwards; behind a fault that hides the rest it ends. Changes nothing. */
async function examine(): Promise<Finding[]> {
  const findings = [examineNode()];
  let env: ReturnType<typeof readSettings>;
  try {
    env = readSettings();
    findings.push(found('Settings', 'every variable of the environment can be used'));
  } catch (error) {
    return [...findings, fault('Settings', wordsOf(error), 'Correct or unset that variable.')];
  }
  findings.push(...(await examineDirectory(env.DATA_DIR)));
  const secret = await examineSecret(env);
  findings.push(secret.finding);
  if (secret.value === undefined) return findings;
  return [...findings, ...(await examineInside(env, secret.value))];
}

async function examineInside(env: ReturnType<typeof readSettings>, secret: string): Promise<Finding[]> {
  let opened: Awaited<ReturnType<typeof openDatabase>>;
  try {
    opened = await openDatabase(env, secret, false);
  } catch (error) {
    return [fault('Database', wordsOf(error), 'Until then, the rest cannot be looked at.')];
  }
  return closing(opened, async () => {
    setEnvironment(env, opened.url, secret);
    const { findings, canGoOn } = await examineDatabase(opened.url);
    return canGoOn ? [...findings, ...(await examineSenders())] : findings;
  });
}

const lineOf = ({ ok, check, says, mend }: Finding): string =>
  `${ok ? (mend ? 'advice' : 'ok    ') : 'FAULT '} ${check}: ${says}${mend ? `\n       ${mend}` : ''}`;

export const doctor = defineCommand({
  name: 'doctor',
  about: 'says what is wrong with this installation and how to mend it; exit code 1 if anything is',
  options: {},
  notes: 'It changes nothing, and sends no message: of senders it tries the connection.',
  input: z.object({}),
  async run() {
    const findings = await examine();
    const faults = findings.filter(({ ok }) => !ok).length;
    const summary = faults === 0 ? 'All is well.' : faults === 1 ? 'One fault.' : `${faults} faults.`;
    return {
      lines: [...findings.map(lineOf), '', summary],
      json: { ok: faults === 0, findings },
      failed: faults > 0,
    };
  },
});
