import { revalidatePath } from 'next/cache';
import { redirect } from 'next/navigation';

/**
 * Ends an action at home, in another workspace than before: the browser keeps the frame around the pages, which names the
 * workspace, unless it is told that nothing holds any more.
 */
export function goHome(): never {
  revalidatePath('/', 'layout');
  redirect('/');
}
