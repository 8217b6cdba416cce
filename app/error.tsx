'use client';

import { Button, Center, Stack, Text, Title } from '@mantine/core';

export default function ErrorPage({ reset }: { reset: () => void }) {
  return (
    <Center mih="70dvh" px="md">
      <Stack align="center" gap="sm" maw={420} ta="center">
        <Title order={1}>That did not work</Title>
        <Text c="dimmed">
          Something went wrong on our side. Nothing was changed. Try again; if it happens once more, look at
          the server's log.
        </Text>
        <Button onClick={reset} mt="sm">
          Try again
        </Button>
      </Stack>
    </Center>
  );
}
