'use client';

import {
  Button,
  Card,
  Fieldset,
  Group,
  NumberInput,
  Radio,
  Stack,
  Text,
  Textarea,
  TextInput,
  Title,
} from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { ProblemAlert } from '@/components/problem-alert';
import { useAction } from '@/components/use-action';
import type { SendingRules } from '@/lib/workspaces/sending-rules';
import { changeSendingRulesAction } from './actions';

/** What happens when nobody is there to ask. */
export function SendingRulesForm({ rules, readOnly }: { rules: SendingRules; readOnly: boolean }) {
  const [policy, setPolicy] = useState(rules.unconfirmedPolicy);
  const [grace, setGrace] = useState<number | string>(rules.scheduleGraceMinutes);
  const [quietFrom, setQuietFrom] = useState(rules.quietFrom);
  const [quietUntil, setQuietUntil] = useState(rules.quietUntil);
  const [helpText, setHelpText] = useState(rules.helpText);
  const { run, pending, problem, fields } = useAction(changeSendingRulesAction);
  return (
    <Card maw={640} padding="xl">
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (pending) return;
          run(
            {
              ...{ unconfirmedPolicy: policy, scheduleGraceMinutes: Number(grace) },
              ...{ quietFrom, quietUntil, helpText },
            },
            () => notifications.show({ color: 'teal', message: 'Your rules were saved.' }),
          );
        }}
      >
        <Fieldset variant="unstyled" disabled={readOnly} p={0} bd={0} m={0}>
          <Stack gap="lg">
            <Title order={2}>When nobody is there to ask</Title>
            <ProblemAlert problem={problem} />
            <Radio.Group
              label="A message that may or may not have gone out"
              description="Now and then a connection ends after a message was handed over and before an answer came. Then nobody can know."
              value={policy}
              onChange={(value) => setPolicy(value === 'send_again' ? 'send_again' : 'leave')}
              error={fields.unconfirmedPolicy}
            >
              <Stack gap="sm" mt="sm">
                <Radio
                  value="leave"
                  label="Leave it to a person"
                  description="It is shown as unconfirmed, and you decide. Nobody gets anything twice."
                />
                <Radio
                  value="send_again"
                  label="Send it again"
                  description="Nobody is left without it, but some may get it twice."
                />
              </Stack>
            </Radio.Group>
            <NumberInput
              label="A scheduled campaign still goes out when it is late by at most"
              description="When nothing was running at its time. If it is later than that, it waits for you to decide."
              suffix=" minutes"
              min={1}
              max={10_080}
              allowDecimal={false}
              allowNegative={false}
              thousandSeparator=","
              hideControls
              styles={{ input: { maxWidth: 240 } }}
              value={grace}
              onChange={setGrace}
              error={fields.scheduleGraceMinutes}
            />
            <Fieldset
              legend={
                <Text fz="sm" fw={600}>
                  Quiet hours of text messages
                </Text>
              }
              variant="unstyled"
              p={0}
              bd={0}
              m={0}
              aria-describedby="quiet-hours"
            >
              <Text id="quiet-hours" fz="xs" c="dimmed" mb="xs">
                By the clock where the recipient lives, as far as that is known; else by yours. Who would get
                a message then gets it in the morning. Two equal times: no quiet hours.
              </Text>
              <Group gap="sm" align="flex-start">
                <TextInput
                  label="From"
                  type="time"
                  value={quietFrom}
                  onChange={(event) => setQuietFrom(event.currentTarget.value)}
                  error={fields.quietFrom}
                />
                <TextInput
                  label="Until"
                  type="time"
                  value={quietUntil}
                  onChange={(event) => setQuietUntil(event.currentTarget.value)}
                  error={fields.quietUntil}
                />
              </Group>
            </Fieldset>
            <Textarea
              label="Answer to whoever texts HELP"
              description="Say who you are and how to end the messages. Empty: your name and address, and that STOP ends them."
              autosize
              minRows={2}
              maxLength={300}
              value={helpText}
              onChange={(event) => setHelpText(event.currentTarget.value)}
              error={fields.helpText}
            />
            {!readOnly && (
              <Group>
                <Button type="submit" loading={pending}>
                  Save rules
                </Button>
              </Group>
            )}
          </Stack>
        </Fieldset>
      </form>
    </Card>
  );
}
