import { launchAllDue } from '@/lib/campaigns/due';
import { sweepAll } from '@/lib/deliveries/sweep';
import type { Handler } from '../handler';

export const handleSupervise: Handler<object> = async (_payload, { engine }) => {
  await launchAllDue();
  await sweepAll(engine);
  return true;
};
