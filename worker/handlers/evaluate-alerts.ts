import { evaluateAllAlerts } from '@/lib/alerts/evaluate';
import type { Handler } from '../handler';

export const handleEvaluateAlerts: Handler<object> = async (_payload, { engine, stop }) => {
  await engine.gauge.flush();
  await evaluateAllAlerts(stop);
  return true;
};
