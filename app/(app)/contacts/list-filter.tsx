'use client';

import { Select } from '@mantine/core';
import { usePathname, useRouter, useSearchParams } from 'next/navigation';
import { useTransition } from 'react';

type Props = { lists: { id: string; name: string }[]; value: string | null };

/** Shows the contacts of one list, by changing the address. */
export function ListFilter({ lists, value }: Props) {
  const router = useRouter();
  const path = usePathname();
  const search = useSearchParams();
  const [pending, startTransition] = useTransition();
  const choose = (id: string | null) => {
    const next = new URLSearchParams(search);
    next.delete('cursor');
    if (id) next.set('list', id);
    else next.delete('list');
    startTransition(() => router.replace(next.size > 0 ? `${path}?${next}` : path, { scroll: false }));
  };
  return (
    <Select
      aria-label="List"
      placeholder="All lists"
      data={lists.map((list) => ({ value: list.id, label: list.name }))}
      value={value}
      onChange={choose}
      disabled={pending}
      searchable
      clearable
      w={{ base: '100%', xs: 220 }}
    />
  );
}
