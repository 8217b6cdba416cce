import { Badge, Card, Group, List, ListItem, Stack, Text, Title } from '@mantine/core';
import { CopyText } from '@/components/copy-text';

type Props = { label: string; address: string; isSet: boolean };

/** How a service is told to report what becomes of messages. */
export function SenderReports({ label, address, isSet }: Props) {
  return (
    <Card padding="lg" maw={720} mt="lg" component="section" aria-labelledby="reports">
      <Stack>
        <div>
          <Group gap={8}>
            <Title order={2} id="reports">
              Reports
            </Title>
            <Badge size="sm" variant="dot" color={isSet ? 'teal' : 'gray'} tt="none" fw={550}>
              {isSet ? 'Signing secret entered' : 'Not set up'}
            </Badge>
          </Group>
          <Text fz="sm" c="dimmed">
            {label} tells what becomes of your messages: delivered, returned, or marked as spam. Addresses
            that return them for good, or complain, are suppressed at once.
          </Text>
        </div>
        <List type="ordered" fz="sm" spacing={6}>
          <ListItem>In your account at {label}, under Webhooks, add one with this address.</ListItem>
          <ListItem>
            Choose its events email.delivered, email.delivery_delayed, email.bounced and email.complained.
            Others are taken as well.
          </ListItem>
          <ListItem>Copy its signing secret into the field above, and save.</ListItem>
        </List>
        <CopyText value={address} label="Copy the address for reports" />
      </Stack>
    </Card>
  );
}
