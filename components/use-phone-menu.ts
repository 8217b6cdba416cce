import { useDisclosure } from '@mantine/hooks';
import { type KeyboardEvent, useEffect, useRef } from 'react';
import { flushSync } from 'react-dom';

/** As in Mantine, from where on the menu stands beside the page. */
const beside = '(min-width: 48em)';

/**
 * The menu that lies over the whole page on a phone. The keyboard goes into it and back to where it was opened; Escape closes it, and so
 * does a new page, and a screen that becomes wide enough to have it beside the page.
 */
export function usePhoneMenu(path: string) {
  const [opened, { open, close }] = useDisclosure(false);
  const opener = useRef<HTMLButtonElement>(null);
  const closer = useRef<HTMLButtonElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new page closes it
  useEffect(() => close(), [close, path]);
  useEffect(() => {
    const wide = matchMedia(beside);
    wide.addEventListener('change', close);
    return () => wide.removeEventListener('change', close);
  }, [close]);
  const leave = () => {
    flushSync(close);
    opener.current?.focus();
  };
  const enter = () => {
    flushSync(open);
    closer.current?.focus();
  };
  /** Not of a dialog that was opened from it: what lies elsewhere in the page bubbles here too. */
  const leaveByKey = ({ key, target, currentTarget }: KeyboardEvent<HTMLElement>) => {
    if (opened && key === 'Escape' && target instanceof Node && currentTarget.contains(target)) leave();
  };
  return { opened, opener, closer, enter, leave, leaveByKey };
}
