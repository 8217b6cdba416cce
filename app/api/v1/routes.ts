import type { ApiRoute } from '@/lib/api/route';
import * as cancel from './campaigns/[id]/cancel/route';
import * as deliveries from './campaigns/[id]/deliveries/route';
import * as pause from './campaigns/[id]/pause/route';
import * as resume from './campaigns/[id]/resume/route';
import * as campaign from './campaigns/[id]/route';
import * as send from './campaigns/[id]/send/route';
import * as stats from './campaigns/[id]/stats/route';
import * as test from './campaigns/[id]/test/route';
import * as campaigns from './campaigns/route';
import * as contact from './contacts/[id]/route';
import * as contacts from './contacts/route';
import * as importErrors from './imports/[id]/errors/route';
import * as oneImport from './imports/[id]/route';
import * as imports from './imports/route';
import * as listContacts from './lists/[id]/contacts/route';
import * as lists from './lists/route';
import * as suppression from './suppressions/[id]/route';
import * as suppressions from './suppressions/route';

/** Every route of the API by its address, in the order in which they are described. A test finds the one that is missing. */
export const routes: Record<string, Record<string, ApiRoute>> = {
  '/lists': lists,
  '/lists/{id}/contacts': listContacts,
  '/contacts': contacts,
  '/contacts/{id}': contact,
  '/imports': imports,
  '/imports/{id}': oneImport,
  '/imports/{id}/errors': importErrors,
  '/campaigns': campaigns,
  '/campaigns/{id}': campaign,
  '/campaigns/{id}/send': send,
  '/campaigns/{id}/test': test,
  '/campaigns/{id}/pause': pause,
  '/campaigns/{id}/resume': resume,
  '/campaigns/{id}/cancel': cancel,
  '/campaigns/{id}/stats': stats,
  '/campaigns/{id}/deliveries': deliveries,
  '/suppressions': suppressions,
  '/suppressions/{id}': suppression,
};
