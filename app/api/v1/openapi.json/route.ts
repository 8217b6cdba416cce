import { describeApi } from '@/lib/api/openapi';
import { env } from '@/lib/env';
import { routes } from '../routes';

/** Open to everybody: what the API takes and answers is no secret. */
export const GET = (): Response => Response.json(describeApi(routes, `${env().APP_URL}/api/v1`));
