import {
  Anchor,
  Box,
  Card,
  SimpleGrid,
  Table,
  TableTbody,
  TableTd,
  TableTh,
  TableThead,
  TableTr,
  Text,
  Title,
  VisuallyHidden,
} from '@mantine/core';
import type { ComparedCampaign, ComparedEvent } from '@/lib/analytics/compare-campaigns';
import campaignClasses from './campaign.module.css';
import classes from './campaign-comparison.module.css';
import { CampaignStatusBadge } from './campaign-status-badge';
import { formatMoment } from './campaign-time';
import { eventWords, formatCount, share } from './campaign-words';
import { Link } from './link';
import { People } from './people';

type Props = { campaigns: ComparedCampaign[]; timeZone: string };

const comparedEvents: ComparedEvent[] = [
  ...(['delivered', 'opened', 'clicked'] as const),
  ...(['unsubscribed', 'bounced', 'complained'] as const),
];

/** Told apart by their places as well: a letter stands with each. */
const colors = [
  'light-dark(var(--mantine-color-post-6), var(--mantine-color-post-4))',
  'light-dark(var(--mantine-color-teal-7), var(--mantine-color-teal-5))',
  'light-dark(var(--mantine-color-orange-7), var(--mantine-color-orange-5))',
  'light-dark(var(--mantine-color-grape-7), var(--mantine-color-grape-4))',
  'light-dark(var(--mantine-color-gray-6), var(--mantine-color-gray-5))',
];

/** Campaigns side by side: who they are, then number by number. */
export function CampaignComparison({ campaigns, timeZone }: Props) {
  return (
    <>
      <SimpleGrid cols={{ base: 1, xs: 2, lg: campaigns.length }} spacing="md">
        {campaigns.map((campaign, place) => (
          <Card key={campaign.id} component="section" aria-label={campaign.name} padding="md">
            <div className={classes.who}>
              <Mark place={place} />
              <div className={classes.name}>
                <Title order={2} fz="md">
                  <Anchor component={Link} href={`/campaigns/${campaign.id}`} inherit c="inherit">
                    {campaign.name}
                  </Anchor>
                </Title>
                <Text fz="xs" c="dimmed" className="numbers" mt={2} mb={8}>
                  {campaign.startedAt ? formatMoment(campaign.startedAt, timeZone) : 'Not sent yet'}
                </Text>
                <CampaignStatusBadge status={campaign.status} held={campaign.held} />
                <Text fz="sm" mt={8} className="numbers">
                  <Count href={`/campaigns/${campaign.id}/recipients?state=sent`} count={campaign.sent} />
                  <Text component="span" inherit c="dimmed">
                    {' '}
                    of{' '}
                    <Count
                      href={`/campaigns/${campaign.id}/recipients?skipped=no`}
                      count={campaign.planned - campaign.skipped}
                    />{' '}
                    sent
                  </Text>
                </Text>
              </div>
            </div>
          </Card>
        ))}
      </SimpleGrid>
      <SimpleGrid cols={{ base: 1, md: 2, xl: 3 }} spacing="md">
        {comparedEvents.map((event) => (
          <Metric key={event} event={event} campaigns={campaigns} />
        ))}
      </SimpleGrid>
      <AsTable campaigns={campaigns} />
    </>
  );
}

const Mark = ({ place }: { place: number }) => (
  <span className={classes.mark} style={{ background: colors[place] }} aria-hidden>
    {String.fromCharCode(65 + place)}
  </span>
);

function Count({ href, count }: { href: string; count: number }) {
  if (count === 0) return <>0</>;
  return (
    <Anchor component={Link} href={href} inherit fw={600} prefetch={false} underline="always">
      {formatCount(count)}
    </Anchor>
  );
}

const behind = (campaign: ComparedCampaign, event: ComparedEvent) =>
  `/campaigns/${campaign.id}/recipients?event=${event}`;

/** One number of all of them. The bars are of the largest share, so that small ones can be told apart too. */
function Metric({ event, campaigns }: { event: ComparedEvent; campaigns: ComparedCampaign[] }) {
  const { label, meaning } = eventWords[event];
  const part = ({ events, sent }: ComparedCampaign) => (sent === 0 ? 0 : (events[event] ?? 0) / sent);
  const whole = Math.max(...campaigns.map(part));
  return (
    <Card component="section" aria-labelledby={`compare-${event}`} className={classes.metric}>
      <Title order={2} id={`compare-${event}`}>
        {label}
      </Title>
      <Text fz="xs" c="dimmed" mb="sm">
        {meaning}
      </Text>
      <ul className={classes.bars}>
        {campaigns.map((campaign, place) => {
          const count = campaign.events[event];
          return (
            <li key={campaign.id} className={classes.line}>
              <Mark place={place} />
              <Box miw={0}>
                <Text component="span" display="block" fz="xs" truncate mb={4}>
                  {campaign.name}
                </Text>
                <span className={classes.track} aria-hidden>
                  <span
                    style={{
                      width: `${whole === 0 ? 0 : (part(campaign) / whole) * 100}%`,
                      background: colors[place],
                    }}
                  />
                </span>
              </Box>
              <Text component="span" fz="sm" className={classes.figures}>
                {count === null ? (
                  <Text component="span" inherit c="dimmed">
                    not known
                  </Text>
                ) : (
                  <>
                    <b>{share(count, campaign.sent)}</b>
                    <span>
                      <Count href={behind(campaign, event)} count={count} />
                    </span>
                  </>
                )}
              </Text>
            </li>
          );
        })}
      </ul>
    </Card>
  );
}

/** A column for each campaign, so that one reads along a line. On a phone five fit, of up to five digits each. */
function AsTable({ campaigns }: Pick<Props, 'campaigns'>) {
  return (
    <Card component="section" aria-label="All numbers">
      <details className={campaignClasses.details}>
        <summary>As a table</summary>
        <Table
          aria-label="Campaigns side by side"
          layout="fixed"
          verticalSpacing={9}
          horizontalSpacing={0}
          className={classes.table}
        >
          <TableThead>
            <TableTr>
              <TableTh>
                <VisuallyHidden>Number</VisuallyHidden>
              </TableTh>
              {campaigns.map(({ id, name }, place) => (
                <TableTh key={id} scope="col">
                  <Anchor component={Link} href={`/campaigns/${id}`} className={classes.column}>
                    <Mark place={place} />
                    <span className={classes.full}>{name}</span>
                  </Anchor>
                </TableTh>
              ))}
            </TableTr>
          </TableThead>
          <TableTbody>
            <TableTr>
              <TableTh scope="row">Sent</TableTh>
              {campaigns.map(({ id, sent }) => (
                <TableTd key={id}>
                  <People href={`/campaigns/${id}/recipients?state=sent`} count={sent} />
                </TableTd>
              ))}
            </TableTr>
            {comparedEvents.map((event) => (
              <TableTr key={event}>
                <TableTh scope="row">{eventWords[event].label}</TableTh>
                {campaigns.map((campaign) => (
                  <TableTd key={campaign.id}>
                    <Cell campaign={campaign} event={event} />
                  </TableTd>
                ))}
              </TableTr>
            ))}
          </TableTbody>
        </Table>
      </details>
    </Card>
  );
}

function Cell({ campaign, event }: { campaign: ComparedCampaign; event: ComparedEvent }) {
  const count = campaign.events[event];
  if (count === null)
    return (
      <Text component="span" fz="xs" c="dimmed">
        not known
      </Text>
    );
  return (
    <>
      <People href={behind(campaign, event)} count={count} />
      <Text component="span" display="block" fz="xs" c="dimmed">
        {share(count, campaign.sent)}
      </Text>
    </>
  );
}
