import { SimpleGrid, Text, Title } from '@mantine/core';
import { noLimits } from '@/components/limit-words';
import { Link } from '@/components/link';
import { PageHeader } from '@/components/page-header';
import classes from '@/components/sender.module.css';
import { authorizedPage } from '@/lib/action';
import { providers } from '@/lib/providers/registry';
import { ProviderChoice } from '@/lib/senders/sender-input';
import { listSenders } from '@/lib/senders/senders';
import { SenderForm } from '../sender-form';

export const metadata = { title: 'New sender' };

export default authorizedPage('settings:write', async (scope, { search, member }) => {
  const chosen = ProviderChoice.safeParse(search.provider);
  if (!chosen.success) return <ChooseProvider />;
  const { label, about, fields, perMinute } = providers[chosen.data];
  const usual = (await listSenders(scope)).find(({ isDefault }) => isDefault);
  return (
    <>
      <PageHeader
        title={`New sender: ${label}`}
        description={about}
        back={{ href: '/settings/senders/new', label: 'Choose a provider' }}
      />
      <SenderForm
        provider={chosen.data}
        fields={fields}
        secretsSet={[]}
        offersDefault={chosen.data !== 'sandbox' && usual?.provider === 'sandbox'}
        details={{
          name: label,
          fromName: member.workspace.name,
          fromEmail: member.session.user.email,
          replyTo: '',
          limits: { ...noLimits, perMinute },
          limitsProposed: false,
        }}
        settings={Object.fromEntries(fields.map((field) => [field.name, field.initial]))}
      />
    </>
  );
});

const emailProviders = Object.values(providers).filter(({ channel }) => channel === 'email');

const ChooseProvider = () => (
  <>
    <PageHeader
      title="New sender"
      description="Through what should it send?"
      back={{ href: '/settings/senders', label: 'Senders' }}
    />
    <SimpleGrid cols={{ base: 1, xs: 2 }} maw={720}>
      {emailProviders.map(({ name, label, about }) => (
        <Link key={name} href={`/settings/senders/new?provider=${name}`} className={classes.choice}>
          <Title order={2} fz="md">
            {label}
          </Title>
          <Text fz="sm" c="dimmed" mt={4}>
            {about}
          </Text>
        </Link>
      ))}
    </SimpleGrid>
  </>
);
