import { Anchor, Card, Group, Text, Title } from '@mantine/core';
import type { DomainReport } from '@/lib/analytics/campaign-domains';
import type { LinkReport, CampaignReport as Report } from '@/lib/analytics/campaign-report';
import { Breakable } from './breakable';
import { CampaignOverTime } from './campaign-over-time';
import { people, share } from './campaign-words';
import { type Column, DataTable } from './data-table';
import { Link } from './link';
import { People } from './people';

type Props = { id: string; report: Report; sent: number; timeZone: string };

/** How a campaign went, over time and by link. */
export function CampaignReport({ id, report, sent, timeZone }: Props) {
  return (
    <>
      <CampaignOverTime id={id} report={report} timeZone={timeZone} />
      {report.tracked && report.links.length > 0 && (
        <Card component="section" aria-labelledby="links">
          <Title order={2} id="links" mb="md">
            Links
          </Title>
          <DataTable
            label="Links"
            rows={report.links}
            rowKey={(row) => String(row.link)}
            columns={linkColumns(id, sent)}
          />
        </Card>
      )}
    </>
  );
}

const linkColumns = (id: string, sent: number): Column<LinkReport>[] => [
  {
    key: 'url',
    header: 'Leads to',
    cell: (row) => (
      <Text component="span" fz="sm">
        <Breakable text={row.url} />
      </Text>
    ),
  },
  {
    key: 'people',
    header: 'People',
    align: 'right',
    width: 116,
    cell: (row) => (
      <Group gap={8} justify="flex-end" wrap="nowrap">
        <People href={`/campaigns/${id}/recipients?link=${row.link}`} count={row.people} />
        <Text component="span" fz="xs" c="dimmed">
          {share(row.people, sent)}
        </Text>
      </Group>
    ),
  },
  {
    key: 'clicks',
    header: 'Clicks',
    align: 'right',
    from: 'sm',
    width: 110,
    cell: (row) => (
      <Times
        href={`/campaigns/${id}/recipients?link=${row.link}`}
        times={row.human}
        of={`by ${people(row.people)}`}
      />
    ),
  },
  {
    key: 'machine',
    header: 'By machines',
    align: 'right',
    from: 'sm',
    width: 120,
    cell: (row) => (
      <Times
        href={`/campaigns/${id}/recipients?machine=click&link=${row.link}`}
        times={row.machine}
        of={`for ${people(row.machinePeople)}`}
      />
    ),
  },
];

type TimesProps = { href: string; times: number; of: string };

/** How often something was done, which opens the people of whose messages it was done with. */
const Times = ({ href, times, of }: TimesProps) => (
  <>
    <People href={href} count={times} />
    {times > 0 && (
      <Text component="span" display="block" fz="xs" c="dimmed">
        {of}
      </Text>
    )}
  </>
);

/** How a campaign went by mail domain. */
export function CampaignDomains({ id, domains }: { id: string; domains: DomainReport[] }) {
  if (domains.length === 0) return null;
  const to = (domain: string | null, query = '') =>
    `/campaigns/${id}/recipients?${domain === null ? 'others=domains' : `domain=${encodeURIComponent(domain)}`}${query}`;
  const number = (
    key: 'sent' | 'failed' | 'bounced' | 'opened' | 'clicked',
    header: string,
    query: string,
  ): Column<DomainReport> => ({
    ...{ key, header, align: 'right', width: 78 },
    from: key === 'sent' || key === 'opened' ? undefined : 'sm',
    cell: (row) => <People href={to(row.domain, query)} count={row[key]} />,
  });
  return (
    <Card component="section" aria-labelledby="domains">
      <Title order={2} id="domains" mb="md">
        By mail domain
      </Title>
      <DataTable
        label="By mail domain"
        rows={domains}
        rowKey={(row) => row.domain ?? ''}
        columns={[
          {
            key: 'domain',
            header: 'Domain',
            cell: ({ domain }) => (
              <Anchor component={Link} href={to(domain)} fz="sm" prefetch={false}>
                {domain === null ? 'All others' : <Breakable text={domain} />}
              </Anchor>
            ),
          },
          number('sent', 'Sent', '&state=sent'),
          number('failed', 'Failed', '&state=failed'),
          number('bounced', 'Bounced', '&event=bounced'),
          number('opened', 'Opened', '&event=opened'),
          number('clicked', 'Clicked', '&event=clicked'),
        ]}
      />
    </Card>
  );
}
