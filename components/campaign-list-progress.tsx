import { Box, Text } from '@mantine/core';
import { CampaignBar, type StateCounts } from './campaign-bar';
import { formatCount } from './campaign-words';

/** A slim bar and "1,204 of 1,966", for rows and cards. */
export function CampaignListProgress({ counts }: { counts: StateCounts }) {
  return (
    <Box component="span" display="block" miw={120}>
      <Text component="span" display="block" fz="xs" mb={5} className="numbers">
        {formatCount(counts.sent)}{' '}
        <Text component="span" inherit c="dimmed">
          of {formatCount(counts.planned)}
        </Text>
      </Text>
      <CampaignBar counts={counts} height={4} />
    </Box>
  );
}
