'use client';

import { Button, Card, Grid, GridCol, Group, Select, Stack, Text, Title } from '@mantine/core';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { ImportColumns } from '@/components/import-columns';
import { ImportListChoice, type ListChoice } from '@/components/import-list-choice';
import type { ImportPreview } from '@/components/import-preview';
import { delimiterLabels, encodingLabels, kindLabels } from '@/components/import-words';
import { ProblemAlert } from '@/components/problem-alert';
import { useAction } from '@/components/use-action';
import type { ImportColumn } from '@/lib/db/schema/imports';
import { cancelImportAction, previewImportAction, startImportAction } from '../../import/actions';

type Props = {
  id: string;
  initial: ImportPreview;
  lists: { id: string; name: string }[];
  listName: string;
  needsList: boolean;
};

/** What was recognised in an uploaded file, to be changed where it is wrong, and the start of its import. */
export function ImportMapping({ id, initial, lists, listName, needsList }: Props) {
  const router = useRouter();
  const [preview, setPreview] = useState(initial);
  const [list, setList] = useState<ListChoice>({ kind: 'new', name: listName, id: null });
  const look = useAction(previewImportAction);
  const start = useAction(startImportAction);
  const discard = useAction(cancelImportAction);
  const { encoding, delimiter, header, columns } = preview;
  const hasEmail = columns.some(({ column }) => column === 'email');
  const listReady =
    list.kind === 'none' || (list.kind === 'new' ? list.name.trim() !== '' : list.id !== null);

  const change = (index: number, column: ImportColumn) =>
    setPreview((old) => ({
      ...old,
      columns: old.columns.map((other, i) => (i === index ? { ...other, column } : other)),
    }));

  function begin() {
    const chosen = { new: { name: list.name }, existing: { id: list.id ?? '' }, none: null }[list.kind];
    start.run(
      { id, encoding, delimiter, header, columns: columns.map(({ column }) => column), list: chosen },
      () => router.refresh(),
    );
  }

  return (
    <Grid gap="md">
      <GridCol span={{ base: 12, md: 8 }}>
        <Card component="section" aria-labelledby="columns">
          <Title order={2} id="columns">
            Columns
          </Title>
          <Text c="dimmed" fz="sm" mb="sm">
            This is {kindLabels[preview.kind]}. Choose what each column becomes; attributes can be used in
            messages.
          </Text>
          <ImportColumns columns={columns} onChange={change} />
        </Card>
      </GridCol>
      <GridCol span={{ base: 12, md: 4 }}>
        <Stack gap="md" pos={{ md: 'sticky' }} top={24}>
          <FileCard
            preview={preview}
            pending={look.pending}
            onLook={(choice) => look.run({ id, encoding, ...choice }, setPreview)}
          />
          <Card component="section" aria-labelledby="list">
            <Title order={2} id="list" mb="sm">
              List
            </Title>
            <ImportListChoice lists={lists} needsList={needsList} value={list} onChange={setList} />
          </Card>
          {!hasEmail && (
            <ProblemAlert
              problem={{
                code: 'invalid',
                message:
                  'No column holds the e-mail addresses. Choose “E-mail” for the column that does, or another delimiter if the columns look wrong.',
              }}
            />
          )}
          <ProblemAlert problem={look.problem ?? discard.problem} />
          <ProblemAlert
            problem={start.problem && { ...start.problem, message: sentence(start.problem), fields: {} }}
          />
          <Group gap="xs">
            <Button
              flex={1}
              onClick={begin}
              loading={start.pending}
              disabled={!hasEmail || !listReady || look.pending}
            >
              Import contacts
            </Button>
            <Button
              variant="default"
              loading={discard.pending}
              onClick={() => discard.run({ id }, () => router.push('/contacts/import'))}
            >
              Discard
            </Button>
          </Group>
          <Text c="dimmed" fz="xs">
            Import only people who agreed to hear from you. Contacts you have already are updated; whoever
            unsubscribed stays unsubscribed.
          </Text>
        </Stack>
      </GridCol>
    </Grid>
  );
}

const sentence = (problem: { message: string; fields?: Record<string, string> }) =>
  Object.values(problem.fields ?? {})[0] ?? problem.message;

type FileProps = {
  preview: ImportPreview;
  pending: boolean;
  onLook: (choice: Partial<Pick<ImportPreview, 'encoding' | 'delimiter' | 'header'>>) => void;
};

function FileCard({ preview: { encoding, delimiter, header }, pending, onLook }: FileProps) {
  return (
    <Card component="section" aria-labelledby="file">
      <Title order={2} id="file" mb="sm">
        File
      </Title>
      <Stack gap="sm">
        <Select
          label="Encoding"
          data={encodingLabels}
          value={encoding}
          disabled={pending}
          allowDeselect={false}
          onChange={(value) => {
            const chosen = encodingLabels.find((label) => label.value === value)?.value;
            if (chosen && chosen !== encoding) onLook({ encoding: chosen });
          }}
        />
        <Select
          label="Delimiter"
          data={delimiterLabels}
          value={delimiter}
          disabled={pending}
          allowDeselect={false}
          onChange={(value) => {
            const chosen = delimiterLabels.find((label) => label.value === value)?.value;
            if (chosen && chosen !== delimiter) onLook({ delimiter: chosen });
          }}
        />
        <Select
          label="First line"
          data={[
            { value: 'names', label: 'Names of the columns' },
            { value: 'contact', label: 'A contact already' },
          ]}
          value={header ? 'names' : 'contact'}
          disabled={pending}
          allowDeselect={false}
          onChange={(value) => {
            if ((value === 'names') !== header) onLook({ delimiter, header: value === 'names' });
          }}
        />
      </Stack>
    </Card>
  );
}
