import { authorizedRoute } from '@/lib/action';
import { fail } from '@/lib/errors';
import { storeImage } from '@/lib/images/images';

/** An upload is the bytes of one image as the body, so that it can be checked and stopped while it comes in. */
export const POST = authorizedRoute('campaigns:write', async (scope, request) => {
  if (!request.body) return fail('invalid', 'No image came with the request. Choose one and try again.');
  return storeImage(scope, request.body.values({ preventCancel: true })); // see authorizedRoute
});
