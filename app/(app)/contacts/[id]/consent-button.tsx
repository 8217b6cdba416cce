'use client';

import { Button, Group, Modal, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useAction } from '@/components/use-action';
import { useProblemNotice } from '@/components/use-problem-notice';
import { setConsentAction } from '../actions';

type Props = { id: string; name: string; subscribed: boolean };

/** Unsubscribes or resubscribes somebody on their word, after saying what that means. */
export function ConsentButton({ id, name, subscribed }: Props) {
  const [opened, modal] = useDisclosure(false);
  const { run, pending, problem } = useAction(setConsentAction);
  useProblemNotice(problem);
  const words = subscribed
    ? {
        button: 'Unsubscribe',
        title: `Unsubscribe ${name}?`,
        text: 'They get no campaign any more, also none that is being sent right now and has not reached them. They stay on their lists, and you can subscribe them again if they ask for it.',
      }
    : {
        button: 'Subscribe again',
        title: `Subscribe ${name} again?`,
        text: 'Do this only if they asked for it: they said before that they want no campaigns, and the law takes them at their word.',
      };
  return (
    <>
      <Button variant="default" onClick={modal.open}>
        {words.button}
      </Button>
      <Modal opened={opened} onClose={modal.close} title={words.title}>
        <Text fz="sm">{words.text}</Text>
        <Group justify="flex-end" gap="xs" mt="lg">
          <Button variant="default" onClick={modal.close} data-autofocus>
            Cancel
          </Button>
          <Button loading={pending} onClick={() => run({ id, emailSubscribed: !subscribed }, modal.close)}>
            {words.button}
          </Button>
        </Group>
      </Modal>
    </>
  );
}
