import { Center, Stack, Text, Title } from '@mantine/core';
import { LinkButton } from '@/components/links';

export default function NotFound() {
  return (
    <Center mih="70dvh" px="md">
      <Stack align="center" gap="sm" maw={420} ta="center">
        <Title order={1}>Nothing here</Title>
        <Text c="dimmed">This page does not exist, or you have no access to it.</Text>
        <LinkButton href="/" variant="light" mt="sm">
          Go to home
        </LinkButton>
      </Stack>
    </Center>
  );
}
