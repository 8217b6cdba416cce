import { Button, Center, Stack, Text, Title } from '@mantine/core';
import { Link } from '@/components/link';

export default function Forbidden() {
  return (
    <Center mih="70dvh" px="md">
      <Stack align="center" gap="sm" maw={420} ta="center">
        <Title order={1}>Not for you</Title>
        <Text c="dimmed">Your role does not allow this. Ask an admin of the workspace if you need it.</Text>
        <Button component={Link} href="/" variant="light" mt="sm">
          Go to home
        </Button>
      </Stack>
    </Center>
  );
}
