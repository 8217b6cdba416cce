import { checkAllDomains } from '@/lib/domains/sender-domain';
import type { Handler } from '../handler';

export const handleCheckDomains: Handler<object> = async (_payload, { stop }) => {
  await checkAllDomains(stop);
  return true;
};
