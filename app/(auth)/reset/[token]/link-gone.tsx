import { Button, Card, Stack, Text, Title } from '@mantine/core';
import { Link } from '@/components/link';

export function LinkGone() {
  return (
    <Card maw={400} mx="auto" padding="xl">
      <Stack>
        <Title order={1}>This link does not work any more</Title>
        <Text>
          It was used already, or is older than an hour. Ask for a new one, and open the newest message.
        </Text>
        <Button component={Link} href="/forgot" fullWidth size="md">
          Send me a new link
        </Button>
      </Stack>
    </Card>
  );
}
