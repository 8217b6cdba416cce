'use server';

import { refresh } from 'next/cache';
import { z } from 'zod';
import { authorizedAction } from '@/lib/action';
import { createApiKey } from '@/lib/api-keys/create-key';
import { NewApiKey } from '@/lib/api-keys/key-input';
import { revokeApiKey } from '@/lib/api-keys/revoke-key';
import { ApiKeyId } from '@/lib/ids';

/** The page is drawn anew when the dialog that shows the key is closed: before, it would take the dialog away. */
export const createApiKeyAction = authorizedAction('keys:write', NewApiKey, createApiKey);

export const revokeApiKeyAction = authorizedAction(
  'keys:write',
  z.object({ id: ApiKeyId }),
  async (scope, { id }) => {
    const revoked = await revokeApiKey(scope, id);
    if (revoked.ok) refresh();
    return revoked;
  },
);
