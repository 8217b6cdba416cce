'use client';

import { type RefObject, useCallback } from 'react';

/** Puts text where the cursor is (or was) and leaves the cursor behind it; the browser's own undo knows of it. */
export function useInsert(
  field: RefObject<HTMLInputElement | HTMLTextAreaElement | null>,
  onChange: (value: string) => void,
) {
  return useCallback(
    (text: string) => {
      const input = field.current;
      if (!input) return;
      input.focus();
      const start = input.selectionStart ?? input.value.length;
      const end = input.selectionEnd ?? start;
      // Old, but the one way that keeps the undo history; where it is gone, the value is set instead.
      if (document.execCommand('insertText', false, text)) return;
      onChange(input.value.slice(0, start) + text + input.value.slice(end));
      requestAnimationFrame(() => input.setSelectionRange(start + text.length, start + text.length));
    },
    [field, onChange],
  );
}
