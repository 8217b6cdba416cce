import { currentMember } from '@/lib/auth/session';
import { scanCode } from '@/lib/codes/scan';
import { answer, type Known } from './answer';

/*
 * Open to the world on purpose: whoever holds a code may see its page and its image. GET changes nothing but the times by
 * which campaigns count who looked.
 */

type Context = { params: Promise<{ code: string }> };

export const GET = async (request: Request, { params }: Context): Promise<Response> =>
  answer(request, (await params).code, toStaff);

/** Staff whose phone read the code go on to where it is redeemed. Undefined: whoever asks is none who sees the contact. */
async function toStaff(request: Request, { code, ref, owner }: Known): Promise<Response | undefined> {
  if (!request.headers.get('cookie')?.includes('posthaste.session')) return undefined;
  const member = await currentMember();
  if (member?.scope.workspaceId !== owner.workspaceId) return undefined;
  const scanned = await scanCode(member.scope, code, ref);
  if (!scanned.ok) return undefined;
  const Location = `/codes/${code}${ref ? `?c=${ref}` : ''}`;
  return new Response(null, { status: 303, headers: { Location, 'Cache-Control': 'no-store' } });
}
