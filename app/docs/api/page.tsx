import { Anchor, Stack, Text, Title } from '@mantine/core';
import { ApiCode, ApiReference, ApiReferenceNav, apiReferencePage } from '@/components/api-reference';
import { Link } from '@/components/link';
import { Logo } from '@/components/logo';
import { callsPerMinute } from '@/lib/api/limit';
import { referenceOf } from '@/lib/api/reference';
import { env } from '@/lib/env';
import { routes } from '../../api/v1/routes';

export const metadata = { title: 'HTTP API' };

/** Open to everybody: it knows nothing of any workspace. */
export default function ApiPage() {
  const server = `${env().APP_URL}/api/v1`;
  const reference = referenceOf(routes, server);
  return (
    <div className={apiReferencePage}>
      <ApiReferenceNav sections={reference.sections} />
      <main>
        <Anchor component={Link} href="/" underline="never" c="inherit" display="inline-block" mb={28}>
          <Logo />
        </Anchor>
        <Title order={1}>HTTP API</Title>
        <Stack gap="sm" mt="md" maw="42rem">
          <Text>
            Scripts, shops and other services do here what people do in the browser, with the same rights.
            JSON in and out, in UTF-8; times are ISO 8601 in UTC. Programs read the same description at{' '}
            <Anchor href="/api/v1/openapi.json" underline="always">
              /api/v1/openapi.json
            </Anchor>{' '}
            (OpenAPI 3.1).
          </Text>
          <Title order={2} mt="md">
            Keys
          </Title>
          <Text>
            Each call names an API key of a workspace. A key has a role, as members have, and one of the role
            marketer sees only the lists that it was granted. What it may not see answers 404, as if it were
            not there.
          </Text>
          <ApiCode>{`curl ${server}/lists -H "Authorization: Bearer $POSTHASTE_KEY"`}</ApiCode>
          <Title order={2} mt="md">
            Errors
          </Title>
          <Text>Whatever is not done is answered with a code for programs and a sentence for people:</Text>
          <ApiCode>
            {JSON.stringify(
              {
                error: {
                  code: 'invalid',
                  message: 'Please check "email": This is not an e-mail address, like ann@example.com.',
                  details: { email: 'This is not an e-mail address, like ann@example.com.' },
                },
              },
              null,
              2,
            )}
          </ApiCode>
          <Title order={2} mt="md">
            Pages
          </Title>
          <Text>
            Lists answer {'{"data": […], "nextCursor": …}'}, 50 rows unless you say another <em>limit</em> up
            to 100. Send nextCursor as <em>cursor</em> for the next page, until it is null.
          </Text>
          <Title order={2} mt="md">
            Once, and only once
          </Title>
          <Text>
            Any POST takes a header Idempotency-Key: a text of yours, new for each thing that you mean to do.
            When you did not hear an answer, send the same again: it is done once, and answered for 24 hours
            as it was the first time. Another request under the same key is refused (409).
          </Text>
          <Title order={2} mt="md">
            How fast
          </Title>
          <Text>
            A key may make {callsPerMinute} calls in a minute. RateLimit-Remaining says how many are left;
            past that calls are answered 429, and Retry-After says how long to wait. A JSON body holds up to 4
            MB, a file to import up to 2 GB.
          </Text>
        </Stack>
        <ApiReference {...reference} />
      </main>
    </div>
  );
}
