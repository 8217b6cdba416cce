'use client';

import { Alert, Button, Card, Grid, Group, Stack, Text, Title } from '@mantine/core';
import { IconAlertCircle, IconCircleCheck, IconPlugConnected } from '@tabler/icons-react';
import { useState } from 'react';
import type { Problem } from '@/lib/errors';
import type { ProviderField } from '@/lib/providers/definition';
import type { ConnectionCheck } from '@/lib/providers/provider';
import { ProblemAlert } from './problem-alert';
import { SenderField } from './sender-field';

type Values = Record<string, string | number | boolean>;

type Props = {
  fields: ProviderField[];
  /** Names of secrets that are kept already. */
  secretsSet: string[];
  values: Values;
  problems: Record<string, string>;
  onChange: (changes: Values) => void;
  check: (onDone: (answer: ConnectionCheck) => void) => void;
  checking: boolean;
  checkProblem: Problem | undefined;
};

/** A provider's settings and whether they work. */
export function SenderConnection({ fields, secretsSet, values, problems, onChange, ...connection }: Props) {
  const [answer, setAnswer] = useState<ConnectionCheck>();
  const change = (changes: Values) => {
    setAnswer(undefined); // it was about other settings
    onChange(changes);
  };
  return (
    <Card padding="lg">
      <Stack>
        <div>
          <Title order={2}>Connection</Title>
          <Text fz="sm" c="dimmed">
            Your provider tells you these.
          </Text>
        </div>
        <Grid gap="md">
          {fields.map((field) => (
            <Grid.Col key={field.name} span={{ base: 12, xs: field.span ?? 12 }}>
              <SenderField
                field={field}
                value={values[field.name] ?? field.initial}
                isSet={secretsSet.includes(field.name)}
                error={problems[`settings.${field.name}`]}
                onChange={(value) => change({ [field.name]: value })}
              />
            </Grid.Col>
          ))}
        </Grid>
        <Group>
          <Button
            variant="default"
            leftSection={<IconPlugConnected size={16} aria-hidden />}
            loading={connection.checking}
            onClick={() => {
              setAnswer(undefined);
              connection.check(setAnswer);
            }}
          >
            Check connection
          </Button>
          <Text fz="xs" c="dimmed">
            Connects and signs in. Nothing is sent.
          </Text>
        </Group>
        <div aria-live="polite">
          <ProblemAlert problem={connection.checkProblem} />
          {answer && !connection.checking && <Answer answer={answer} />}
        </div>
      </Stack>
    </Card>
  );
}

const Answer = ({ answer }: { answer: ConnectionCheck }) => (
  <Alert
    color={answer.ok ? 'teal' : 'red'}
    variant="light"
    icon={answer.ok ? <IconCircleCheck size={18} aria-hidden /> : <IconAlertCircle size={18} aria-hidden />}
  >
    {answer.ok ? answer.detail : answer.problem}
  </Alert>
);
