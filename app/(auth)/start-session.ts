import { z } from 'zod';
import { SignInRefused, signIn } from '@/lib/auth/session';
import { fail, ok, type Result } from '@/lib/errors';

/** Signs somebody in, in the browser that asks. */
export async function startSession(email: string, password: string): Promise<Result<undefined>> {
  try {
    await signIn('credentials', { email, password, redirect: false });
    return ok();
  } catch (error) {
    if (error instanceof SignInRefused) return fail('unauthenticated', error.problemMessage);
    throw error;
  }
}

/** Where somebody goes on afterwards: an invitation or a personal code that they came with, and nowhere else. */
export const Next = z
  .string()
  .regex(/^\/(?:join\/[\w-]{1,200}|codes\/\w{12}(?:\?c=[0-9a-f]{8})?)$/)
  .optional();
