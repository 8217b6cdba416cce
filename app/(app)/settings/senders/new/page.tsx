import { SimpleGrid, Text, Title } from '@mantine/core';
import { noLimits } from '@/components/limit-words';
import { Link } from '@/components/link';
import { PageHeader } from '@/components/page-header';
import classes from '@/components/sender.module.css';
import { authorizedPage } from '@/lib/action';
import type { ProviderName } from '@/lib/db/states';
import { providers } from '@/lib/providers/registry';
import { ProviderChoice } from '@/lib/senders/sender-input';
import { listSenders } from '@/lib/senders/senders';
import { SenderForm } from '../sender-form';

export const metadata = { title: 'New sender' };

export default authorizedPage('settings:write', async (scope, { search, member }) => {
  const chosen = ProviderChoice.safeParse(search.provider);
  if (!chosen.success) return <ChooseProvider />;
  const { label, about, fields, perMinute, channel } = providers[chosen.data];
  const usual = (await listSenders(scope)).find((sender) => sender.isDefault && sender.channel === channel);
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
        offersDefault={!isSandbox(chosen.data) && usual !== undefined && isSandbox(usual.provider)}
        details={{
          channel,
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

const isSandbox = (provider: ProviderName) => provider === 'sandbox' || provider === 'sandbox_sms';

const channels = [
  { channel: 'email', title: 'E-mail' },
  { channel: 'sms', title: 'Text messages' },
] as const;

const ChooseProvider = () => (
  <>
    <PageHeader
      title="New sender"
      description="Through what should it send?"
      back={{ href: '/settings/senders', label: 'Senders' }}
    />
    {channels.map(({ channel, title }) => (
      <section key={channel} aria-labelledby={channel} style={{ maxWidth: 720 }}>
        <Title order={2} id={channel} fz="sm" c="dimmed" fw={600} mb="xs">
          {title}
        </Title>
        <SimpleGrid cols={{ base: 1, xs: 2 }} mb="xl">
          {Object.values(providers)
            .filter((provider) => provider.channel === channel)
            .map(({ name, label, about }) => (
              <Link key={name} href={`/settings/senders/new?provider=${name}`} className={classes.choice}>
                <Title order={3} fz="md">
                  {label}
                </Title>
                <Text fz="sm" c="dimmed" mt={4}>
                  {about}
                </Text>
              </Link>
            ))}
        </SimpleGrid>
      </section>
    ))}
  </>
);
