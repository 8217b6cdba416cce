import { launchAllDue } from '@/lib/campaigns/due';
import { holdIfRestored } from '@/lib/campaigns/restored';
import { sweepAll } from '@/lib/deliveries/sweep';
import type { Handler } from '../handler';

export const handleSupervise: Handler<object> = async (_payload, { engine }) => {
  await holdIfRestored();
  await launchAllDue();
  await sweepAll(engine);
  return true;
};
