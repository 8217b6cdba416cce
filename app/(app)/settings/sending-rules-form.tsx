'use client';

import { Button, Card, Fieldset, Group, NumberInput, Radio, Stack, Title } from '@mantine/core';
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
  const { run, pending, problem, fields } = useAction(changeSendingRulesAction);
  return (
    <Card maw={640} padding="xl">
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (pending) return;
          run({ unconfirmedPolicy: policy, scheduleGraceMinutes: Number(grace) }, () =>
            notifications.show({ color: 'teal', message: 'Your rules were saved.' }),
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
