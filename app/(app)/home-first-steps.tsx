import { Card, Text, Title, VisuallyHidden } from '@mantine/core';
import { IconArrowRight, IconCheck } from '@tabler/icons-react';
import { Link } from '@/components/link';
import type { FirstSteps } from '@/lib/workspaces/first-steps';
import classes from './home.module.css';
import { LoadSample } from './home-sample';

type Props = { steps: FirstSteps; canLoadSample: boolean };

/** From nothing to a sent campaign; goes away once all is done. */
export function HomeFirstSteps({ steps, canLoadSample }: Props) {
  const list = [
    {
      done: steps.hasContacts,
      href: '/contacts/import',
      title: 'Import your contacts',
      text: 'A CSV file from a spreadsheet or another tool. Columns are recognised.',
    },
    {
      done: steps.hasCampaign,
      href: '/campaigns/new',
      title: 'Write a campaign',
      text: 'In the visual editor, in Markdown or as HTML, and try it on yourself.',
    },
    {
      done: steps.hasMailServer,
      href: '/settings/senders',
      title: 'Connect your mail server',
      text: 'Until then everything goes to the sandbox inbox in this app, and nobody gets an e-mail.',
    },
    {
      done: steps.hasSent,
      href: '/campaigns',
      title: 'Send it, and watch it go out',
      text: 'Live, with a reason for everybody who does not get it.',
    },
  ];
  return (
    <Card component="section" aria-labelledby="steps">
      <Title order={2} id="steps" mb={6}>
        First steps
      </Title>
      <ol className={classes.steps}>
        {list.map(({ done, href, title, text }, index) => (
          <li key={title}>
            <Link href={href} className={classes.step} data-done={done || undefined}>
              <span className={classes.mark} aria-hidden>
                {done ? <IconCheck size={15} stroke={2.2} /> : index + 1}
              </span>
              <span style={{ minWidth: 0, flex: 1 }}>
                <Text component="span" display="block" fz="sm" fw={550}>
                  {title}
                  {done && <VisuallyHidden>, done</VisuallyHidden>}
                </Text>
                {!done && (
                  <Text component="span" display="block" fz="sm" c="dimmed">
                    {text}
                  </Text>
                )}
              </span>
              {!done && <IconArrowRight size={16} aria-hidden className={classes.go} />}
            </Link>
          </li>
        ))}
      </ol>
      {canLoadSample && <LoadSample />}
    </Card>
  );
}
