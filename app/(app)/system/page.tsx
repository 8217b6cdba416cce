import { Card, Group, Stack, Text, Title } from '@mantine/core';
import { IconCircleCheck } from '@tabler/icons-react';
import { AlertList } from '@/components/alert-list';
import { DataTable } from '@/components/data-table';
import { PageHeader } from '@/components/page-header';
import { SystemFigures } from '@/components/system-figures';
import { authorizedPage } from '@/lib/action';
import { openAlerts, pastAlerts } from '@/lib/alerts/list-alerts';
import { findAlertRules } from '@/lib/alerts/rules';
import { systemState } from '@/lib/monitoring/system-state';
import { RefreshWhileSending } from '../campaigns/refresh-while-sending';
import { AlertRulesForm } from './alert-rules-form';
import { senderColumns } from './sender-columns';

export const metadata = { title: 'System' };

export default authorizedPage('system:read', async (scope, { member }) => {
  const now = new Date();
  const [state, open, past, rules] = await Promise.all([
    systemState(scope, now),
    openAlerts(scope),
    pastAlerts(scope),
    findAlertRules(scope),
  ]);
  const { timeZone } = member.workspace;
  return (
    <>
      <RefreshWhileSending everyMs={5000} />
      <PageHeader
        title="System"
        description="What is not well, and how sending went over the last five minutes."
      />
      <Stack gap="lg">
        <Card component="section" aria-labelledby="alerts">
          <Title order={2} id="alerts" mb={open.length > 0 ? 'md' : 6}>
            Alerts
          </Title>
          {open.length > 0 ? (
            <AlertList alerts={open} timeZone={timeZone} />
          ) : (
            <Group gap={8} wrap="nowrap">
              <IconCircleCheck size={18} stroke={1.6} color="var(--mantine-color-teal-6)" aria-hidden />
              <Text fz="sm">All is well.</Text>
            </Group>
          )}
        </Card>
        <Card component="section" aria-labelledby="figures">
          <Title order={2} id="figures" mb={6}>
            Sending
          </Title>
          <SystemFigures state={state} now={now} />
        </Card>
        <DataTable
          label="Senders"
          columns={senderColumns(timeZone)}
          rows={state.flows}
          rowKey={({ id }) => id}
          href={({ id }) => `/settings/senders/${id}`}
        />
        {past.length > 0 && (
          <Card component="section" aria-labelledby="past">
            <Title order={2} id="past" mb="md">
              Alerts that are over
            </Title>
            <AlertList alerts={past} timeZone={timeZone} />
          </Card>
        )}
        <AlertRulesForm rules={rules} />
      </Stack>
    </>
  );
});
