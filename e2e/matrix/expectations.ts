import { api } from './expectations/api';
import { campaigns } from './expectations/campaigns';
import { contacts } from './expectations/contacts';
import { openToAll } from './expectations/open';
import { people } from './expectations/people';
import { settings } from './expectations/settings';
import type { Rows } from './rules';

/**
 * Every endpoint, and what is expected of it. One that takes ids in several places has a row for each. The test fails on
 * an endpoint that has none, and on a row whose endpoint is gone.
 */
export const expectations: Rows = { ...campaigns, ...contacts, ...settings, ...people, ...api, ...openToAll };
