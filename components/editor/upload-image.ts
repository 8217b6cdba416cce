import { fail, type Result } from '@/lib/errors';

const most = 5 * 1024 * 1024;

/** Uploads one image; the answer is its address for use in a message. */
export async function uploadImage(file: File): Promise<Result<{ url: string }>> {
  if (file.size > most)
    return fail('too_large', `“${file.name}” is larger than 5 MB. Make it smaller and try again.`);
  try {
    const response = await fetch('/images', { method: 'POST', body: file });
    const body: { url?: string; error?: { message?: string } } = await response.json();
    if (response.ok && body.url) return { ok: true, value: { url: body.url } };
    return fail('invalid', body.error?.message ?? 'The image could not be uploaded. Try again.');
  } catch {
    return fail('unavailable', 'The server cannot be reached. Try again in a moment.');
  }
}

/** Pictures among what was dropped or pasted. */
export const imagesOf = (transfer: DataTransfer | null): File[] =>
  [...(transfer?.files ?? [])].filter((file) => file.type.startsWith('image/'));
