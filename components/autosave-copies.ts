type Store = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>;

/**
 * What writers keep in this browser until the server has it, a copy a window: two windows with one draft must not take each
 * other's for theirs. Recalling takes one over, which an earlier window has left or one that is open still has on its screen;
 * another stays for the next visit.
 */
export function autosaveCopies<Copy>(store: () => Store, draft: string, window: string) {
  const own = `${draft}-${window}`;
  return {
    write(copy: Copy | undefined): void {
      try {
        if (copy) store().setItem(own, JSON.stringify(copy));
        else store().removeItem(own);
      } catch {
        // A full or forbidden store costs the second net, not the first.
      }
    },
    read(): Copy | undefined {
      try {
        const kept = store();
        const keys = Array.from({ length: kept.length }, (_, n) => kept.key(n));
        const left = keys.find((key) => key?.startsWith(draft));
        if (!left) return undefined;
        const copy = kept.getItem(left) ?? 'null';
        kept.setItem(own, copy);
        if (left !== own) kept.removeItem(left);
        return JSON.parse(copy) ?? undefined;
      } catch {
        return undefined;
      }
    },
  };
}
