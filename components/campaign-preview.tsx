'use client';

import { Modal, UnstyledButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import classes from './campaign.module.css';

type Props = { html: string; subject: string; width?: number; height?: number };

/** The message as it will look, small; a click shows it large. A sandbox without any right keeps its contents harmless. */
export function CampaignPreview({ html, subject, width = 300, height = 340 }: Props) {
  const [opened, { open, close }] = useDisclosure(false);
  const scale = width / 640;
  return (
    <>
      <div className={classes.thumbnail} style={{ width, height, maxWidth: '100%' }}>
        <div inert>
          <iframe
            title={`Small preview of “${subject}”`}
            sandbox=""
            srcDoc={html}
            tabIndex={-1}
            style={{ height: height / scale, transform: `scale(${scale})` }}
          />
        </div>
        <UnstyledButton className={classes.enlarge} onClick={open} aria-label="Show the message large">
          <span>Show large</span>
        </UnstyledButton>
      </div>
      <Modal opened={opened} onClose={close} title={subject} size={760} padding="md">
        <iframe title={`Preview of “${subject}”`} sandbox="" srcDoc={html} className={classes.frame} />
      </Modal>
    </>
  );
}
