'use client';

import {
  Button,
  Card,
  Fieldset,
  Group,
  NumberInput,
  SimpleGrid,
  Stack,
  Switch,
  Text,
  Title,
} from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { ProblemAlert } from '@/components/problem-alert';
import { useAction } from '@/components/use-action';
import type { AlertRules } from '@/lib/alerts/rules';
import { changeAlertRulesAction } from './actions';

type Threshold = Exclude<keyof AlertRules, 'pauseCampaigns' | 'byMail'>;

const groups: { title: string; fields: { name: Threshold; label: string; suffix: string }[] }[] = [
  {
    title: 'Sending',
    fields: [
      { name: 'errorPercent', label: 'Attempts of a sender that fail, from', suffix: ' %' },
      { name: 'backlogHours', label: 'What waits will take more than', suffix: ' hours' },
      { name: 'stalledMinutes', label: 'A campaign stands still for', suffix: ' minutes' },
      { name: 'quotaPercent', label: 'Daily limit of a sender used, from', suffix: ' %' },
      { name: 'quotaCriticalPercent', label: 'The same, as a grave alert, from', suffix: ' %' },
    ],
  },
  {
    title: 'Reputation of a campaign',
    fields: [
      { name: 'bouncePercent', label: 'Messages that come back for good, from', suffix: ' %' },
      { name: 'complaintPercent', label: 'Messages reported as spam, from', suffix: ' %' },
      { name: 'leastSent', label: 'Judged once so many were sent', suffix: ' messages' },
    ],
  },
];

const isPercent = (name: Threshold) => name.endsWith('Percent');

/** From when on people are told. */
export function AlertRulesForm({ rules }: { rules: AlertRules }) {
  const [values, setValues] = useState<Record<Threshold, number | string>>(rules);
  const [pauseCampaigns, setPause] = useState(rules.pauseCampaigns);
  const [byMail, setByMail] = useState(rules.byMail);
  const { run, pending, problem, fields } = useAction(changeAlertRulesAction);
  const save = () => {
    const number = (name: Threshold) => (values[name] === '' ? Number.NaN : Number(values[name]));
    const input = {
      errorPercent: number('errorPercent'),
      backlogHours: number('backlogHours'),
      stalledMinutes: number('stalledMinutes'),
      quotaPercent: number('quotaPercent'),
      quotaCriticalPercent: number('quotaCriticalPercent'),
      bouncePercent: number('bouncePercent'),
      complaintPercent: number('complaintPercent'),
      leastSent: number('leastSent'),
      ...{ pauseCampaigns, byMail },
    };
    run(input, () => notifications.show({ color: 'teal', message: 'When alerts open was saved.' }));
  };
  return (
    <Card component="section" aria-labelledby="alert-rules">
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!pending) save();
        }}
      >
        <Stack gap="lg">
          <div>
            <Title order={2} id="alert-rules">
              When alerts open
            </Title>
            <Text fz="sm" c="dimmed" mt={4}>
              Whatever is set here, an alert opens when a sender does not get through, no worker runs or a
              campaign was stopped.
            </Text>
          </div>
          <ProblemAlert problem={problem} />
          {groups.map(({ title, fields: inputs }) => (
            <Fieldset key={title} variant="unstyled" p={0} bd={0} m={0}>
              <Text component="legend" fz="sm" fw={600} p={0} mb="xs">
                {title}
              </Text>
              <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }} spacing="md" verticalSpacing="sm">
                {inputs.map(({ name, label, suffix }) => (
                  <NumberInput
                    key={name}
                    label={label}
                    labelProps={{ fw: 400, fz: 'sm' }}
                    suffix={suffix}
                    min={0}
                    allowDecimal={isPercent(name)}
                    decimalScale={2}
                    allowNegative={false}
                    thousandSeparator=","
                    hideControls
                    value={values[name]}
                    onChange={(value) => setValues((all) => ({ ...all, [name]: value }))}
                    error={fields[name]}
                  />
                ))}
              </SimpleGrid>
            </Fieldset>
          ))}
          <Switch
            label="Pause a campaign whose messages come back or are reported too often"
            description="Once: when somebody resumes it, it is not paused for this again."
            checked={pauseCampaigns}
            onChange={(event) => setPause(event.currentTarget.checked)}
          />
          <Switch
            label="Tell owners and admins by e-mail"
            description="When an alert opens, when it becomes grave and when it is over, through a sender that works."
            checked={byMail}
            onChange={(event) => setByMail(event.currentTarget.checked)}
          />
          <Group>
            <Button type="submit" loading={pending}>
              Save
            </Button>
          </Group>
        </Stack>
      </form>
    </Card>
  );
}
