import { Box, Text } from '@mantine/core';
import classes from './campaign.module.css';
import { CampaignBar, type StateCounts } from './campaign-bar';
import { formatCount } from './campaign-words';
import { Link } from './link';

type Props = {
  counts: StateCounts;
  /** The campaign, where the numbers open its people: not within a link. */
  id?: string;
};

/** A slim bar and "1,204 of 1,966", for rows and cards: as on the campaign's page, without whoever is left out. */
export function CampaignListProgress({ counts, id }: Props) {
  return (
    <Box component="span" display="block" miw={120}>
      <Text component="span" display="block" fz="xs" mb={5} className="numbers">
        <Count id={id} query="?state=sent" count={counts.sent} />{' '}
        <Text component="span" inherit c="dimmed">
          of <Count id={id} query="?skipped=no" count={counts.planned - counts.skipped} />
        </Text>
      </Text>
      <CampaignBar counts={counts} height={4} />
    </Box>
  );
}

const Count = ({ id, query, count }: { id: string | undefined; query: string; count: number }) =>
  id === undefined ? (
    formatCount(count)
  ) : (
    <Link href={`/campaigns/${id}/recipients${query}`} className={classes.above} prefetch={false}>
      {formatCount(count)}
    </Link>
  );
