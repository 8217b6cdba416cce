import { Button, Center, Stack, Text, Title } from '@mantine/core';
import { Link } from '@/components/link';

export default function NotFound() {
  return (
    <Center mih="70dvh" px="md">
      <Stack align="center" gap="sm" maw={420} ta="center">
        <Title order={1}>Nothing here</Title>
        <Text c="dimmed">This page does not exist, or you have no access to it.</Text>
        <Button component={Link} href="/" variant="light" mt="sm">
          Go to home
        </Button>
      </Stack>
    </Center>
  );
}
