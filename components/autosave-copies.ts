type Store = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>;

/**
 * What writers keep in this browser until the server has it, a copy a window: two windows with one draft must not take each
 * other's for theirs. Recalling takes one over that an earlier window left; another stays for the next visit.
 */
export function autosaveCopies<Copy>(store: () => Store, draft: string, window: string) {
  let own = `${draft}-${window}`;
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
        own = left;
        return JSON.parse(kept.getItem(left) ?? 'null') ?? undefined;
      } catch {
        return undefined;
      }
    },
  };
}
