import { decrypt, encrypt } from '../auth/secrets';
import type { ProviderName } from '../db/states';
import { fail, ok, type Result } from '../errors';
import { providers } from '../providers/registry';
import type { SenderRow } from './open-sender';
import type { ProviderSettings } from './sender-input';

/** Settings as a page may have them: no secrets, only which of them are set. Null when they cannot be read. */
export type SafeSettings = { values: ProviderSettings; secretsSet: string[]; summary: string };

export function safeSettings(row: SenderRow): SafeSettings | null {
  const provider = providers[row.provider];
  const parsed = storedSettings(row);
  if (!parsed) return null;
  const values: ProviderSettings = {};
  const secretsSet: string[] = [];
  for (const { name, kind, initial } of provider.fields) {
    const value = parsed[name];
    if (kind !== 'secret') values[name] = isSetting(value) ? value : initial;
    else if (value) secretsSet.push(name);
  }
  return { values, secretsSet, summary: provider.summary(parsed) };
}

const isSetting = (value: unknown): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

/** What is kept, in the provider's own form; undefined when it cannot be read or no longer fits. */
export function storedSettings(
  row: Pick<SenderRow, 'provider' | 'config'>,
): Record<string, unknown> | undefined {
  const plain = row.config === null ? '{}' : decrypt('provider-config', row.config);
  if (plain === undefined) return undefined;
  const parsed = providers[row.provider].parse(JSON.parse(plain));
  return parsed.ok ? parsed.value : undefined;
}

/**
 * New settings over the kept ones, checked. A secret left empty stays as it was, but only while all else does: else
 * whoever may edit a sender could have its password sent to a server or port of their own, or over the line in the clear.
 */
export function mergeSettings(
  provider: ProviderName,
  given: ProviderSettings,
  row?: SenderRow,
): Result<Record<string, unknown>> {
  const definition = providers[provider];
  const stored = row && storedSettings(row);
  const merged: Record<string, unknown> = {};
  const problems: Record<string, string> = {};
  const moved = definition.fields.some(
    ({ name, kind, initial, guardsSecrets = true }) =>
      kind !== 'secret' && guardsSecrets && stored && stored[name] !== (given[name] ?? initial),
  );
  for (const { name, kind, label, initial } of definition.fields) {
    merged[name] = given[name] ?? initial;
    if (kind !== 'secret' || merged[name] !== '' || !stored?.[name]) continue;
    if (moved)
      problems[`settings.${name}`] =
        `Enter the ${label.toLowerCase()} again, because it would go elsewhere, or be protected in another way.`;
    else merged[name] = stored[name];
  }
  const parsed = definition.parse(merged);
  if (!parsed.ok)
    for (const [name, message] of Object.entries(parsed.fields)) problems[`settings.${name}`] = message;
  if (parsed.ok && Object.keys(problems).length === 0) return ok(parsed.value);
  return fail('invalid', 'Please check what you entered.', { fields: problems });
}

/** Settings as they lie in the database; nothing for a provider that has none. */
export const sealSettings = (settings: Record<string, unknown>): string | null =>
  Object.keys(settings).length === 0 ? null : encrypt('provider-config', JSON.stringify(settings));
