'use client';

import { Button, Card, Checkbox, Group, SimpleGrid, Stack, Text, TextInput, Title } from '@mantine/core';
import { useState } from 'react';
import { LimitFields } from '@/components/limit-fields';
import { Link } from '@/components/link';
import { ProblemAlert } from '@/components/problem-alert';
import { SenderConnection } from '@/components/sender-connection';
import { useAction } from '@/components/use-action';
import type { Channel, ProviderName } from '@/lib/db/states';
import type { SenderId } from '@/lib/ids';
import type { ProviderField } from '@/lib/providers/definition';
import type { ProviderSettings } from '@/lib/senders/sender-input';
import type { Limits } from '@/lib/throttle/pace';
import { checkSenderAction, saveSenderAction } from './actions';

type Details = {
  channel: Channel;
  name: string;
  fromName: string;
  fromEmail: string;
  replyTo: string;
  limits: Limits;
  limitsProposed: boolean;
};

type Props = {
  /** Undefined: a new one. */
  id?: SenderId;
  provider: ProviderName;
  fields: ProviderField[];
  secretsSet: string[];
  details: Details;
  settings: ProviderSettings;
  /** Nothing that reaches real people is the default yet: a new one is offered to become it. */
  offersDefault?: boolean;
};

export function SenderForm({ id, provider, fields, secretsSet, offersDefault = false, ...initial }: Props) {
  const [details, setDetails] = useState<Details>(initial.details);
  const [settings, setSettings] = useState(initial.settings);
  const [makeDefault, setMakeDefault] = useState(offersDefault);
  const save = useAction(saveSenderAction);
  const check = useAction(checkSenderAction);
  const problems = { ...check.fields, ...save.fields };
  const set = (changes: Partial<Details>) => setDetails((current) => ({ ...current, ...changes }));
  const { channel, name, fromName, fromEmail, replyTo, limits } = details;
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        save.run({
          ...{ id, provider, settings, makeDefault },
          details:
            channel === 'sms'
              ? { channel, name, ...limits }
              : { channel, name, fromName, fromEmail, replyTo, ...limits },
        });
      }}
    >
      <Stack gap="lg" maw={720}>
        {fields.length > 0 && (
          <SenderConnection
            fields={fields}
            secretsSet={secretsSet}
            values={settings}
            problems={problems}
            onChange={(changes) => setSettings((current) => ({ ...current, ...changes }))}
            check={(onDone) => check.run({ id, provider, settings }, onDone)}
            checking={check.pending}
            checkProblem={check.problem}
          />
        )}
        {channel === 'email' && (
          <Card padding="lg">
            <Stack>
              <div>
                <Title order={2}>From</Title>
                <Text fz="sm" c="dimmed">
                  What readers see as the sender.
                </Text>
              </div>
              <SimpleGrid cols={{ base: 1, xs: 2 }}>
                <TextInput
                  label="Name"
                  value={fromName}
                  onChange={(event) => set({ fromName: event.currentTarget.value })}
                  error={problems['details.fromName']}
                />
                <TextInput
                  label="Address"
                  type="email"
                  value={fromEmail}
                  onChange={(event) => set({ fromEmail: event.currentTarget.value })}
                  error={problems['details.fromEmail']}
                />
              </SimpleGrid>
              <TextInput
                label="Replies go to"
                description="Leave empty for the address above."
                type="email"
                value={replyTo}
                onChange={(event) => set({ replyTo: event.currentTarget.value })}
                error={problems['details.replyTo']}
              />
            </Stack>
          </Card>
        )}
        <Card padding="lg">
          <Stack>
            <Title order={2}>In Posthaste</Title>
            <TextInput
              label="Name of this sender"
              description="Only you and your colleagues see it."
              value={name}
              onChange={(event) => set({ name: event.currentTarget.value })}
              error={problems['details.name']}
            />
            <LimitFields
              value={limits}
              onChange={(changed) => set({ limits: changed })}
              errors={{
                perSecond: problems['details.perSecond'],
                perMinute: problems['details.perMinute'],
                perHour: problems['details.perHour'],
                perDay: problems['details.perDay'],
              }}
              hint={`${channel === 'sms' ? 'Counted in segments, as they are charged. ' : ''}Ask your provider how many it allows. All campaigns that go out through this sender share them.${
                details.limitsProposed
                  ? ' Until you change them here, a campaign whose own limits ask for more may go faster.'
                  : ''
              }`}
            />
          </Stack>
        </Card>
        {offersDefault && (
          <Checkbox
            label="Use it for new campaigns"
            description="Until now they begin with the sandbox, from which nobody gets anything."
            checked={makeDefault}
            onChange={(event) => setMakeDefault(event.currentTarget.checked)}
          />
        )}
        <ProblemAlert problem={save.problem} />
        <Group>
          <Button type="submit" loading={save.pending}>
            {id ? 'Save changes' : 'Add sender'}
          </Button>
          <Button component={Link} href="/settings/senders" variant="subtle" color="gray">
            Cancel
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
