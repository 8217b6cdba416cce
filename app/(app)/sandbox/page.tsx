import { Group, Paper } from '@mantine/core';
import { IconInbox } from '@tabler/icons-react';
import { z } from 'zod';
import { EmptyState } from '@/components/empty-state';
import { PageHeader } from '@/components/page-header';
import { Pager } from '@/components/pager';
import { SandboxFates } from '@/components/sandbox-fates';
import { SandboxList } from '@/components/sandbox-list';
import { SearchBox } from '@/components/search-box';
import { authorizedPage } from '@/lib/action';
import { may } from '@/lib/auth/policy';
import { countInbox, listInbox } from '@/lib/sandbox/inbox';
import { cleanText } from '@/lib/text';
import { ClearInbox } from './clear-inbox';

export const metadata = { title: 'Sandbox inbox' };

const Search = z.object({
  search: cleanText().trim().max(320).optional().catch(undefined),
  cursor: z.string().max(2000).optional().catch(undefined),
});

const countLimit = 10_000;

export default authorizedPage('campaigns:read', async (scope, { search, member }) => {
  const filter = Search.parse(search);
  const [page, total] = await Promise.all([listInbox(scope, filter), countInbox(scope, countLimit)]);
  return (
    <>
      <PageHeader
        title="Sandbox inbox"
        description="What was sent through the sandbox ends here, as its readers would have got it. Nothing left this machine."
        actions={
          total > 0 &&
          may(scope, 'settings:write') && <ClearInbox total={total} isMore={total >= countLimit} />
        }
      />
      {total > 0 && (
        <Group mb="md" gap="sm">
          <SearchBox label="Search by address" />
          <SandboxFates />
        </Group>
      )}
      <Paper withBorder style={{ overflow: 'clip' }}>
        {page.rows.length > 0 ? (
          <SandboxList
            rows={page.rows}
            timeZone={member.workspace.timeZone}
            footer={
              <Pager
                page={page}
                summary={
                  filter.search
                    ? undefined
                    : `${total.toLocaleString('en')}${total >= countLimit ? '+' : ''} messages`
                }
              />
            }
          />
        ) : filter.search ? (
          <EmptyState title="No message to such an address">
            The search finds the beginning of an address, such as “anna” or “bounce@”.
          </EmptyState>
        ) : (
          <EmptyState
            icon={<IconInbox size={28} stroke={1.5} />}
            title="Nothing here yet"
            actions={<SandboxFates variant="filled" />}
          >
            Send a test, or a whole campaign, through a sandbox sender: every message ends here instead of
            with its reader. Magic addresses such as <b>bounce@example.com</b> play what can happen on the
            way.
          </EmptyState>
        )}
      </Paper>
    </>
  );
});
