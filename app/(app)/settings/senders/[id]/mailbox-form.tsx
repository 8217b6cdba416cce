'use client';

import { Alert, Button, Grid, Group, Modal, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { IconAlertCircle, IconCircleCheck, IconPlugConnected } from '@tabler/icons-react';
import { useState } from 'react';
import { ProblemAlert } from '@/components/problem-alert';
import { SenderField } from '@/components/sender-field';
import { useAction } from '@/components/use-action';
import type { SenderId } from '@/lib/ids';
import type { ProviderField } from '@/lib/providers/definition';
import type { ConnectionCheck } from '@/lib/providers/provider';
import type { ProviderSettings } from '@/lib/senders/sender-input';
import { checkMailboxAction, removeMailboxAction, saveMailboxAction } from './mailbox-actions';

type Props = {
  id: SenderId;
  fields: ProviderField[];
  values: ProviderSettings;
  /** There is one already. */
  isSet: boolean;
  /** Its password is kept, and stays when the field is left empty. */
  isReadable: boolean;
};

/** How the mailbox is reached, and whether that works. */
export function MailboxForm({ id, fields, values, isSet, isReadable }: Props) {
  const [settings, setSettings] = useState(values);
  const [answer, setAnswer] = useState<ConnectionCheck>();
  const save = useAction(saveMailboxAction);
  const check = useAction(checkMailboxAction);
  const problems = { ...check.fields, ...save.fields };
  const change = (changes: ProviderSettings) => {
    setAnswer(undefined); // it was about other settings
    setSettings((current) => ({ ...current, ...changes, ...fitting(current, changes) }));
  };
  const shown = fields.filter(({ name }) => isAsked(name, settings)).map((field) => asAsked(field, settings));
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        save.run({ id, settings }, () => {
          setSettings((current) => ({ ...current, password: '' }));
          notifications.show({ color: 'teal', message: 'The mailbox is being read.' });
        });
      }}
    >
      <Stack>
        <Grid gap="md">
          {shown.map((field) => (
            <Grid.Col key={field.name} span={{ base: 12, xs: field.span ?? 12 }}>
              <SenderField
                field={field}
                value={settings[field.name] ?? field.initial}
                isSet={field.kind === 'secret' && isReadable}
                error={problems[`settings.${field.name}`]}
                onChange={(value) => change({ [field.name]: value })}
              />
            </Grid.Col>
          ))}
        </Grid>
        <div aria-live="polite">
          <ProblemAlert problem={save.problem ?? check.problem} />
          {answer && !check.pending && (
            <Alert
              color={answer.ok ? 'teal' : 'red'}
              variant="light"
              icon={
                answer.ok ? (
                  <IconCircleCheck size={18} aria-hidden />
                ) : (
                  <IconAlertCircle size={18} aria-hidden />
                )
              }
            >
              {answer.ok ? answer.detail : answer.problem}
            </Alert>
          )}
        </div>
        <Group>
          <Button type="submit" loading={save.pending}>
            {isSet ? 'Save mailbox' : 'Read this mailbox'}
          </Button>
          <Button
            variant="default"
            leftSection={<IconPlugConnected size={16} aria-hidden />}
            loading={check.pending}
            onClick={() => {
              setAnswer(undefined);
              check.run({ id, settings }, setAnswer);
            }}
          >
            Try mailbox
          </Button>
          {isSet && <StopReading id={id} />}
        </Group>
      </Stack>
    </form>
  );
}

const usualPorts: Record<string, number> = { imap: 993, pop3: 995 };

/** What goes with another protocol: its usual port, unless somebody has entered one of their own, and no folder. */
function fitting(current: ProviderSettings, { protocol }: ProviderSettings): ProviderSettings {
  const next = usualPorts[String(protocol)];
  const isUsual = current.port === usualPorts[String(current.protocol)];
  return {
    ...(next !== undefined && isUsual && { port: next }),
    ...(protocol === 'pop3' && current.afterwards === 'move' && { afterwards: 'keep' }),
  };
}

/** POP3 knows no folders, and only what is moved goes to one. */
function isAsked(name: string, { protocol, afterwards }: ProviderSettings): boolean {
  if (name === 'folder') return protocol !== 'pop3';
  return name !== 'moveTo' || afterwards === 'move';
}

/** POP3 marks nothing either. */
function asAsked(field: ProviderField, { protocol }: ProviderSettings): ProviderField {
  if (field.name !== 'afterwards' || protocol !== 'pop3') return field;
  const options = field.options?.filter(({ value }) => value !== 'move');
  return {
    ...field,
    options: options?.map((option) => (option.value === 'keep' ? { ...option, label: 'Stay' } : option)),
  };
}

function StopReading({ id }: { id: SenderId }) {
  const [asking, dialog] = useDisclosure(false);
  const remove = useAction(removeMailboxAction);
  return (
    <>
      <Button variant="subtle" color="red" onClick={dialog.open}>
        Stop reading…
      </Button>
      <Modal opened={asking} onClose={dialog.close} title="Stop reading this mailbox?">
        <Stack>
          <Text fz="sm">
            Its settings are deleted. What lies in the mailbox stays there, and what was read stays in your
            reports. Bounces that come from now on are not noticed.
          </Text>
          <ProblemAlert problem={remove.problem} />
          <Group justify="flex-end">
            <Button variant="default" onClick={dialog.close}>
              Go on reading
            </Button>
            <Button color="red" loading={remove.pending} onClick={() => remove.run({ id }, dialog.close)}>
              Stop reading
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
