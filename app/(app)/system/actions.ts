'use server';

import { refresh } from 'next/cache';
import { authorizedAction } from '@/lib/action';
import { AlertRules, changeAlertRules } from '@/lib/alerts/rules';

export const changeAlertRulesAction = authorizedAction('settings:write', AlertRules, async (scope, rules) => {
  const changed = await changeAlertRules(scope, rules);
  if (changed.ok) refresh();
  return changed;
});
