/** Whether a request names a path that can be read: of what cannot, Next.js makes an error of the server. */
export function isReadable(target = ''): boolean {
  if (!target.startsWith('/')) return false;
  try {
    decodeURIComponent(target.split('?', 1)[0] ?? '');
    return true;
  } catch {
    return false;
  }
}
