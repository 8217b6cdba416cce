import { Stack } from '@mantine/core';
import { PageHeader } from '@/components/page-header';
import { authorizedPage, valueOrNotFound } from '@/lib/action';
import { may } from '@/lib/auth/policy';
import { findTracking } from '@/lib/tracking/tracking-rule';
import { countryOptions, timeZoneOptions } from '@/lib/workspaces/places';
import { findSendingRules } from '@/lib/workspaces/sending-rules';
import { ProfileForm } from './profile-form';
import { SendingRulesForm } from './sending-rules-form';
import { SettingsTabs } from './settings-tabs';
import { TrackingForm } from './tracking-form';

export const metadata = { title: 'Settings' };

export default authorizedPage('settings:read', async (scope, { member }) => {
  const rules = valueOrNotFound(await findSendingRules(scope));
  const { tracking } = valueOrNotFound(await findTracking(scope));
  const readOnly = !may(scope, 'settings:write');
  const { name, postalAddress, country, timeZone } = member.workspace;
  return (
    <>
      <PageHeader title="Settings" />
      <SettingsTabs scope={scope} />
      <Stack gap="lg">
        <ProfileForm
          readOnly={readOnly}
          profile={{ name, postalAddress, country, timeZone }}
          countries={countryOptions()}
          timeZones={timeZoneOptions()}
        />
        <SendingRulesForm rules={rules} readOnly={readOnly} />
        <TrackingForm tracking={tracking} readOnly={readOnly} />
      </Stack>
    </>
  );
});
