import { reviewAllCounts } from '@/lib/analytics/recount-deliveries';
import { reviewAllTracking } from '@/lib/tracking/recount';
import type { Handler } from '../handler';

export const handleReviewTracking: Handler<object> = async (_payload, { stop }) =>
  (await reviewAllTracking(stop)) && (await reviewAllCounts(stop));
