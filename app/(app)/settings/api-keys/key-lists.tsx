'use client';

import { ActionIcon, Group, Input, Select, Stack, Text } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { listAccessWords } from '@/components/api-key-words';
import type { ListAccess } from '@/lib/db/states';

export type Grant = { listId: string; access: ListAccess };

const accesses = [
  { value: 'view', label: listAccessWords.view },
  { value: 'edit', label: listAccessWords.edit },
  { value: 'send', label: listAccessWords.send },
] as const;

type Props = {
  lists: { value: string; label: string }[];
  grants: Grant[];
  onChange: (grants: Grant[]) => void;
  error: string | undefined;
};

/** Which lists a marketer's key reaches, and what it may do with each. */
export function KeyLists({ lists, grants, onChange, error }: Props) {
  const free = lists.filter(({ value }) => !grants.some(({ listId }) => listId === value));
  const change = (listId: string, access: ListAccess) =>
    onChange(grants.map((grant) => (grant.listId === listId ? { listId, access } : grant)));
  return (
    <Input.Wrapper
      label="Lists"
      labelElement="div"
      description="It sees these and no other. It may always make lists of its own."
      error={error}
    >
      <Stack gap="xs" mt={6}>
        {grants.map(({ listId, access }) => {
          const name = lists.find(({ value }) => value === listId)?.label ?? '';
          return (
            <Group key={listId} gap="xs" wrap="nowrap">
              <Text fz="sm" flex={1} miw={0} truncate>
                {name}
              </Text>
              <Select
                aria-label={`What it may do with ${name}`}
                data={accesses}
                value={access}
                onChange={(value) =>
                  change(listId, accesses.find((one) => one.value === value)?.value ?? access)
                }
                allowDeselect={false}
                w={190}
              />
              <ActionIcon
                aria-label={`Take ${name} away`}
                onClick={() => onChange(grants.filter((grant) => grant.listId !== listId))}
              >
                <IconX size={16} aria-hidden />
              </ActionIcon>
            </Group>
          );
        })}
        <Select
          key={grants.length} // empty again after each choice
          aria-label="Add a list"
          placeholder={lists.length === 0 ? 'There is no list yet' : 'Add a list…'}
          data={free}
          disabled={free.length === 0}
          searchable
          nothingFoundMessage="No list by that name"
          onChange={(listId) => listId && onChange([...grants, { listId, access: 'send' }])}
        />
      </Stack>
    </Input.Wrapper>
  );
}
