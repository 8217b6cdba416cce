import { Card, Text, Title } from '@mantine/core';
import { signedInPage } from '@/lib/action';
import { countryOptions, timeZoneOptions } from '@/lib/workspaces/places';
import { NewWorkspaceForm } from './new-workspace-form';

export const metadata = { title: 'New workspace' };

export default signedInPage(async () => (
  <Card maw={620} mx="auto" padding="xl">
    <Title order={1}>New workspace</Title>
    <Text c="dimmed" mt={4} mb="lg">
      It shares nothing with your others: its own contacts, lists, campaigns, senders and members. You become
      its owner.
    </Text>
    <NewWorkspaceForm countries={countryOptions()} timeZones={timeZoneOptions()} />
  </Card>
));
