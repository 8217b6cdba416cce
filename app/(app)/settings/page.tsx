import { PageHeader } from '@/components/page-header';
import { SettingsNav } from '@/components/sender-settings-nav';
import { authorizedPage } from '@/lib/action';
import { countryOptions, timeZoneOptions } from '@/lib/workspaces/places';
import { ProfileForm } from './profile-form';

export const metadata = { title: 'Settings' };

export default authorizedPage('settings:read', async (_scope, { member }) => {
  const { name, postalAddress, country, timeZone } = member.workspace;
  return (
    <>
      <PageHeader title="Settings" />
      <SettingsNav />
      <ProfileForm
        profile={{ name, postalAddress, country, timeZone }}
        countries={countryOptions()}
        timeZones={timeZoneOptions()}
      />
    </>
  );
});
