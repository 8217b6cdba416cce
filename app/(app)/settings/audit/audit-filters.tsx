'use client';

import { Group, Select, TextInput } from '@mantine/core';
import { usePathname, useRouter } from 'next/navigation';
import { useState } from 'react';
import { auditGroups, systemName } from '@/components/audit-words';
import type { Search } from './audit-search';

type Filter = Omit<Search, 'cursor'>;
type Props = { filter: Filter; actors: { kind: 'member' | 'key'; value: string; label: string }[] };

const groups = Object.entries(auditGroups).map(([value, { label }]) => ({ value, label }));

/** Narrows the log down, by changing the address. */
export function AuditFilters({ filter, actors }: Props) {
  const router = useRouter();
  const path = usePathname();
  const choose = (changes: { [Name in keyof Filter]?: string | undefined }) => {
    const wanted = Object.entries({ ...filter, ...changes }).filter(([, value]) => value);
    const query = new URLSearchParams(wanted.map(([name, value]): [string, string] => [name, value ?? '']));
    router.replace(query.size > 0 ? `${path}?${query}` : path, { scroll: false });
  };
  const of = (kind: 'member' | 'key') => actors.filter((actor) => actor.kind === kind);
  return (
    <Group mb="md" gap="sm" align="flex-end">
      <Select
        label="Who"
        placeholder="Anybody"
        clearable
        searchable
        data={[
          { value: 'system', label: systemName },
          { group: 'People', items: of('member') },
          { group: 'API keys', items: of('key') },
        ]}
        value={filter.who ?? null}
        onChange={(who) => choose({ who: who ?? undefined })}
        w={{ base: '100%', xs: 220 }}
      />
      <Select
        label="About"
        placeholder="Anything"
        clearable
        data={groups}
        value={filter.about ?? null}
        onChange={(about) => choose({ about: about ?? undefined })}
        w={{ base: '100%', xs: 190 }}
      />
      <Day label="From" value={filter.from} onChange={(from) => choose({ from })} />
      <Day label="To" value={filter.to} onChange={(to) => choose({ to })} />
    </Group>
  );
}

type DayProps = { label: string; value: string | undefined; onChange: (day: string | undefined) => void };

/** Takes effect when it is whole, and not at each figure that is typed of a year. */
function Day({ label, value, onChange }: DayProps) {
  const [typed, setTyped] = useState(value ?? '');
  return (
    <TextInput
      type="date"
      label={label}
      value={typed}
      min="2000-01-01"
      max="2999-12-31"
      onChange={(event) => {
        const { value: day, validity } = event.currentTarget;
        setTyped(day);
        if (validity.valid && (day !== '' || value !== undefined)) onChange(day || undefined);
      }}
      w={{ base: 'calc(50% - 6px)', xs: 150 }}
    />
  );
}
