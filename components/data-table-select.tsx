'use client';

import { ActionBar, Box, Checkbox, Text } from '@mantine/core';
import { createContext, type ReactNode, useContext, useMemo, useState } from 'react';

type Selection = {
  ids: ReadonlySet<string>;
  toggle: (id: string) => void;
  toggleAll: (ids: string[]) => void;
  clear: () => void;
};

const Context = createContext<Selection | null>(null);

/** The chosen rows of one page of a table. */
export function useSelection(): Selection {
  const selection = useContext(Context);
  if (!selection) throw new Error('useSelection is used inside SelectionProvider');
  return selection;
}

export function SelectionProvider({ children }: { children: ReactNode }) {
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set());
  const selection = useMemo<Selection>(
    () => ({
      ids,
      toggle: (id) =>
        setIds((old) => {
          const next = new Set(old);
          if (!next.delete(id)) next.add(id);
          return next;
        }),
      toggleAll: (all) =>
        setIds((old) => (all.every((id) => old.has(id)) ? new Set() : new Set([...old, ...all]))),
      clear: () => setIds(new Set()),
    }),
    [ids],
  );
  return <Context value={selection}>{children}</Context>;
}

export function SelectRow({ id, label }: { id: string; label: string }) {
  const { ids, toggle } = useSelection();
  return (
    <Checkbox size="xs" aria-label={`Select ${label}`} checked={ids.has(id)} onChange={() => toggle(id)} />
  );
}

export function SelectPage({ ids: all }: { ids: string[] }) {
  const { ids, toggleAll } = useSelection();
  const chosen = all.filter((id) => ids.has(id)).length;
  return (
    <Checkbox
      size="xs"
      aria-label="Select all on this page"
      checked={all.length > 0 && chosen === all.length}
      indeterminate={chosen > 0 && chosen < all.length}
      onChange={() => toggleAll(all)}
    />
  );
}

/** Floats at the bottom while rows are chosen; its children are the buttons. */
export function SelectionBar({ children }: { children: ReactNode }) {
  const { ids, clear } = useSelection();
  return (
    <ActionBar opened={ids.size > 0} onClose={clear} closeOnEscape aria-label="With the selected rows">
      <Text fz="sm" px={4} className="numbers">
        {ids.size.toLocaleString('en')} selected
      </Text>
      <ActionBar.Divider />
      <Box>{children}</Box>
      <ActionBar.CloseButton aria-label="Clear the selection" />
    </ActionBar>
  );
}
