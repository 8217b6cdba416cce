'use client';

import { Box, SegmentedControl, Select, Stack, Text, TextInput } from '@mantine/core';

export type ListChoice = { kind: 'new' | 'existing' | 'none'; name: string; id: string | null };

type Props = {
  lists: { id: string; name: string }[];
  /** Whoever reaches single lists only would not see contacts that are on none. */
  needsList: boolean;
  value: ListChoice;
  onChange: (value: ListChoice) => void;
};

const kinds = ['new', 'existing', 'none'] as const;

/** The list that the imported contacts come onto. */
export function ImportListChoice({ lists, needsList, value, onChange }: Props) {
  const data = [
    { value: 'new', label: 'New list' },
    { value: 'existing', label: 'Existing list', disabled: lists.length === 0 },
    ...(needsList ? [] : [{ value: 'none', label: 'No list' }]),
  ];
  return (
    <Stack gap="sm">
      <SegmentedControl
        aria-label="Put the contacts on"
        data={data}
        value={value.kind}
        onChange={(chosen) => onChange({ ...value, kind: kinds.find((kind) => kind === chosen) ?? 'new' })}
      />
      <Box mih={62}>
        {value.kind === 'new' && (
          <TextInput
            label="Name of the new list"
            value={value.name}
            maxLength={100}
            onChange={(event) => onChange({ ...value, name: event.currentTarget.value })}
          />
        )}
        {value.kind === 'existing' && (
          <Select
            label="List"
            placeholder="Choose a list"
            data={lists.map(({ id, name }) => ({ value: id, label: name }))}
            value={value.id}
            onChange={(id) => onChange({ ...value, id })}
            searchable
            allowDeselect={false}
          />
        )}
        {value.kind === 'none' && (
          <Text fz="sm" c="dimmed" pt={6}>
            They become contacts only. Campaigns go to lists, so put them on one later.
          </Text>
        )}
      </Box>
    </Stack>
  );
}
