'use client';

import { Button, Group, Modal, UnstyledButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import classes from './campaign.module.css';

type Props = {
  html: string;
  subject: string;
  height?: number;
  /** Pixels of a small picture of the whole; without it the message is as wide as the place where it stands. */
  width?: number;
};

/** The message as it will look; a click shows it large. A sandbox without any right keeps its contents harmless. */
export function CampaignPreview({ html, subject, width, height = 300 }: Props) {
  const [opened, { open, close }] = useDisclosure(false);
  const scale = width === undefined ? undefined : width / 640;
  const frame =
    scale === undefined
      ? { width: '100%', height }
      : { height: height / scale, transform: `scale(${scale})` };
  return (
    <>
      <div className={classes.thumbnail} style={{ width: width ?? '100%', height, maxWidth: '100%' }}>
        <div inert>
          <iframe
            title={`Small preview of “${subject}”`}
            sandbox=""
            srcDoc={html}
            tabIndex={-1}
            style={frame}
          />
        </div>
        <UnstyledButton className={classes.enlarge} onClick={open} aria-label="Show the message large">
          <span>Show large</span>
        </UnstyledButton>
      </div>
      <Modal opened={opened} onClose={close} title={subject} size={760} padding="md">
        <iframe title={`Preview of “${subject}”`} sandbox="" srcDoc={html} className={classes.frame} />
        {/* Behind the message, which hears no key of ours, the keyboard would leave the dialog. */}
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={close}>
            Close the message
          </Button>
        </Group>
      </Modal>
    </>
  );
}
