'use client';

import { Button, Card, Group, Modal, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { ProblemAlert } from '@/components/problem-alert';
import { useAction } from '@/components/use-action';
import classes from './home.module.css';
import { loadSampleDataAction, removeSampleDataAction } from './sample-data-actions';

export function LoadSample() {
  const { run, pending, problem } = useAction(loadSampleDataAction);
  return (
    <div className={classes.sample}>
      <Text fz="sm" c="dimmed" flex="1 1 18rem">
        Just looking around? Sample data brings a list of invented people and a campaign to try everything
        with, and is removed in one click.
      </Text>
      <Button
        variant="default"
        loading={pending}
        onClick={() => run({}, () => notifications.show({ message: 'The sample data is here.' }))}
      >
        Load sample data
      </Button>
      <ProblemAlert problem={problem} />
    </div>
  );
}

export function HomeSample() {
  const [opened, { open, close }] = useDisclosure(false);
  const { run, pending, problem } = useAction(removeSampleDataAction);
  const done = () => {
    close();
    notifications.show({ message: 'The sample data is gone. What is yours is still here.' });
  };
  return (
    <Card component="section" aria-label="Sample data">
      <Group justify="space-between" gap="sm">
        <Text fz="sm" c="dimmed" flex="1 1 18rem">
          You have sample data: a list of invented people, and a campaign.
        </Text>
        <Button variant="default" onClick={open}>
          Remove sample data
        </Button>
      </Group>
      <Modal opened={opened} onClose={close} title="Remove the sample data?">
        <Stack>
          <Text>
            The sample contacts, their list, the sample campaign and its messages in the sandbox inbox are
            deleted. What you added yourself stays.
          </Text>
          <ProblemAlert problem={problem} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={close} data-autofocus>
              Keep it
            </Button>
            <Button color="red.9" loading={pending} onClick={() => run({}, done)}>
              Remove sample data
            </Button>
          </Group>
        </Stack>
      </Modal>
    </Card>
  );
}
