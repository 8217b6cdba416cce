import { reviewAllTracking } from '@/lib/tracking/recount';
import type { Handler } from '../handler';

export const handleReviewTracking: Handler<object> = (_payload, { stop }) => reviewAllTracking(stop);
