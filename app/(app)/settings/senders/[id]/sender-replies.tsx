import { Card, List, ListItem, Stack, Text, Title } from '@mantine/core';
import { CopyText } from '@/components/copy-text';

/** How what people answer to text messages gets here. */
export function SenderReplies({ address, isLocal }: { address: string; isLocal: boolean }) {
  return (
    <Card padding="lg" maw={720} mt="lg" component="section" aria-labelledby="replies">
      <Stack>
        <div>
          <Title order={2} id="replies">
            Replies
          </Title>
          <Text fz="sm" c="dimmed">
            Whoever answers STOP gets no more text messages from this workspace, at once. START undoes that,
            and HELP is answered. What became of each message Twilio reports by itself.
          </Text>
        </div>
        <List type="ordered" fz="sm" spacing={6}>
          <ListItem>
            In your account at Twilio, open the phone number or the messaging service from which you send.
          </ListItem>
          <ListItem>
            Under “A message comes in”, choose Webhook and HTTP POST, and enter this address. Save.
          </ListItem>
        </List>
        <CopyText value={address} label="Copy the address for replies" />
        {isLocal && (
          <Text fz="sm" c="light-dark(var(--mantine-color-orange-9), var(--mantine-color-orange-4))">
            Only this computer can open this address. Start Posthaste with APP_URL set to one at which Twilio
            reaches it.
          </Text>
        )}
      </Stack>
    </Card>
  );
}
