'use client';

import { Button, Checkbox, Group, Loader, ScrollArea, Stack, Text, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { IconSearch } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { contactName, countContacts } from '@/components/contact-words';
import { ProblemAlert } from '@/components/problem-alert';
import { useAction } from '@/components/use-action';
import { pickContactsAction } from '../../contacts/actions';
import { addToListAction } from '../actions';

type Found = {
  id: string;
  email: string | null;
  phone: string | null;
  firstName: string;
  lastName: string;
};
type Props = { list: { id: string; name: string }; close: () => void };

/** Finds contacts and puts the ticked ones on the list. Ticks survive a new search. */
export function PickContacts({ list, close }: Props) {
  const { text, setText, found, searching } = usePicker();
  const [chosen, setChosen] = useState<ReadonlyMap<string, Found>>(new Map());
  const adding = useAction(addToListAction);
  const toggle = (contact: Found) =>
    setChosen((old) => {
      const next = new Map(old);
      if (!next.delete(contact.id)) next.set(contact.id, contact);
      return next;
    });
  const add = () =>
    adding.run({ id: list.id, contactIds: [...chosen.keys()] }, ({ added }) => {
      const already = chosen.size - added.length;
      notifications.show({
        message: `${countContacts(added.length)} added to ${list.name}.${already > 0 ? ` ${already} already on it.` : ''}`,
      });
      close();
    });
  return (
    <Stack gap="sm">
      <TextInput
        aria-label="Search contacts"
        placeholder="Name, address or @domain"
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        leftSection={searching ? <Loader size={14} /> : <IconSearch size={16} aria-hidden />}
        autoComplete="off"
        data-autofocus
      />
      <ScrollArea h={300} type="auto" offsetScrollbars>
        <Stack gap={2}>
          {found?.map((contact) => (
            <Checkbox
              key={contact.id}
              py={6}
              checked={chosen.has(contact.id)}
              onChange={() => toggle(contact)}
              label={contact.email ?? contact.phone}
              description={contactName(contact) || undefined}
            />
          ))}
          {found?.length === 0 && (
            <Text fz="sm" c="dimmed" ta="center" py="xl">
              Nobody found. A search finds how a name or address begins.
            </Text>
          )}
        </Stack>
      </ScrollArea>
      <ProblemAlert problem={adding.problem} />
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={close}>
          Cancel
        </Button>
        <Button disabled={chosen.size === 0} loading={adding.pending} onClick={add}>
          {chosen.size === 0 ? 'Add contacts' : `Add ${countContacts(chosen.size)}`}
        </Button>
      </Group>
    </Stack>
  );
}

/** Asks the server a little after the last key; an older answer never replaces a newer one. */
function usePicker() {
  const [text, setText] = useState('');
  const [found, setFound] = useState<Found[]>();
  const [searching, setSearching] = useState(true);
  const asked = useRef(0);
  const ask = async (search: string) => {
    asked.current += 1;
    const turn = asked.current;
    const answer = await pickContactsAction({ search });
    if (turn !== asked.current) return;
    setSearching(false);
    setFound(answer.ok ? answer.value : []);
  };
  const askSoon = useDebouncedCallback((search: string) => void ask(search), 200);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the newest contacts, once, before anything is typed
  useEffect(() => void ask(''), []);
  const change = (search: string) => {
    setText(search);
    setSearching(true);
    askSoon(search);
  };
  return { text, setText: change, found, searching };
}
