import type { RefObject } from 'react';

/** Puts text where the cursor is (or was) and leaves the cursor behind it; the browser's own undo knows of it. */
export function insertAtCursor(
  field: RefObject<HTMLInputElement | HTMLTextAreaElement | null>,
  text: string,
  onChange: (value: string) => void,
): void {
  const input = field.current;
  if (!input) return;
  input.focus();
  const start = input.selectionStart ?? input.value.length;
  const end = input.selectionEnd ?? start;
  // Old, but the one way that keeps the undo history; where it is gone, the value is set instead.
  if (document.execCommand('insertText', false, text)) return;
  onChange(input.value.slice(0, start) + text + input.value.slice(end));
  requestAnimationFrame(() => input.setSelectionRange(start + text.length, start + text.length));
}
