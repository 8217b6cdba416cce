'use client';

import { Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconUser } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import type { CampaignId, ContactId, ListId } from '@/lib/ids';
import classes from './composer.module.css';
import { request } from './request';

type Reader = { id: ContactId; name: string; email: string };
type Props = {
  id: CampaignId;
  listIds: ListId[];
  reader: Reader | null;
  /** False until it is known who the first reader is. */
  known: boolean;
  onChoose: (id: ContactId) => void;
};

const called = ({ name, email }: Reader) => (name && email ? `${name} · ${email}` : name || email);

/** Whose message the preview shows. */
export function ReaderSelect({ id, listIds, reader, known, onChoose }: Props) {
  const [typed, setTyped] = useState<string>();
  const [search] = useDebouncedValue(typed, 200);
  const [found, setFound] = useState<Reader[]>([]);
  const lists = listIds.map((listId) => `&list=${listId}`).join('');

  useEffect(() => {
    if (search === undefined) return;
    const stop = new AbortController();
    const url = `/campaigns/${id}/edit/recipients?search=${encodeURIComponent(search)}${lists}`;
    request<Reader[]>(url, { signal: stop.signal }).then(
      (answer) => answer.ok && setFound(answer.value),
      () => undefined,
    );
    return () => stop.abort();
  }, [id, search, lists]);

  const options = reader && !found.some((one) => one.id === reader.id) ? [reader, ...found] : found;
  return (
    <Select
      size="xs"
      className={classes.reader}
      aria-label="Preview as"
      leftSection={<IconUser size={15} aria-hidden />}
      placeholder={known ? 'Example person' : ''}
      searchable
      allowDeselect={false}
      value={reader?.id ?? null}
      data={options.map((one) => ({ value: one.id, label: called(one) }))}
      filter={({ options: all }) => all}
      onDropdownOpen={() => setTyped((current) => current ?? '')}
      onSearchChange={(text) => setTyped(reader && text === called(reader) ? '' : text)}
      onChange={(value) => {
        const chosen = options.find((one) => one.id === value);
        if (chosen) onChoose(chosen.id);
      }}
      nothingFoundMessage={found.length === 0 ? 'Nobody here is called that.' : undefined}
      comboboxProps={{ width: 320, position: 'bottom-start' }}
    />
  );
}
