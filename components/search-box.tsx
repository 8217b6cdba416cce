'use client';

import { Box, CloseButton, Loader, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { usePathname, useRouter, useSearchParams } from 'next/navigation';
import { useEffect, useRef, useState, useTransition } from 'react';

type Props = {
  /** Says what is searched, e.g. "Search by name or address". Also the placeholder. */
  label: string;
  /** Its name in the address. */
  param?: string;
  /** The cursor that a new search makes meaningless. */
  cursorParam?: string;
};

/** Searches while one types, by changing the address: the server component below it renders anew. */
export function SearchBox({ label, param = 'search', cursorParam = 'cursor' }: Props) {
  const router = useRouter();
  const path = usePathname();
  const search = useSearchParams();
  const current = search.get(param) ?? '';
  const [text, setText] = useState(current);
  const [pending, startTransition] = useTransition();
  const asked = useRef(current);

  // Back and forward change the address without asking here.
  useEffect(() => {
    if (current !== asked.current) setText(current);
    asked.current = current;
  }, [current]);

  const ask = (value: string) => {
    const next = new URLSearchParams(search);
    next.delete(cursorParam);
    if (value.trim()) next.set(param, value.trim());
    else next.delete(param);
    asked.current = value.trim();
    startTransition(() => router.replace(next.size > 0 ? `${path}?${next}` : path, { scroll: false }));
  };
  const askSoon = useDebouncedCallback(ask, 250);
  const change = (value: string) => {
    setText(value);
    askSoon(value);
  };

  return (
    <Box
      component="form"
      w={{ base: '100%', xs: 300 }}
      method="get"
      onSubmit={(event) => {
        event.preventDefault();
        ask(text);
      }}
    >
      <search>
        <TextInput
          name={param}
          value={text}
          onChange={(event) => change(event.currentTarget.value)}
          aria-label={label}
          placeholder={label}
          maxLength={200}
          autoComplete="off"
          spellCheck={false}
          leftSection={pending ? <Loader size={14} /> : <IconSearch size={16} aria-hidden />}
          rightSection={
            text && <CloseButton size="sm" aria-label="Clear the search" onClick={() => change('')} />
          }
        />
      </search>
    </Box>
  );
}
