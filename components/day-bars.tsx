'use client';

import '@mantine/charts/styles.css';
import { BarChart } from '@mantine/charts';
import { formatCount } from './campaign-words';

export type DayBar = { when: string; Sent: number; Opened: number; Clicked: number };

const series = [
  { name: 'Sent', color: 'light-dark(var(--mantine-color-post-1), var(--mantine-color-post-9))' },
  { name: 'Opened', color: 'light-dark(var(--mantine-color-post-4), var(--mantine-color-post-5))' },
  { name: 'Clicked', color: 'light-dark(var(--mantine-color-teal-6), var(--mantine-color-teal-4))' },
];

/** Each takes what the gaps leave of its day, and goes back by as much. */
const inEachOther = { barCategoryGap: '20%', barGap: '-60%' };

/** Each bar stands in the one before: who clicked has opened, and was sent to. The table beside it says the same. */
export function DayBars({ bars, label }: { bars: DayBar[]; label: string }) {
  return (
    <div role="img" aria-label={label}>
      <BarChart
        h={220}
        data={bars}
        dataKey="when"
        series={series}
        withLegend
        tickLine="none"
        gridAxis="x"
        xAxisProps={{ minTickGap: 28, interval: 'equidistantPreserveStart' }}
        valueFormatter={formatCount}
        yAxisProps={{ allowDecimals: false, width: 48 }}
        barChartProps={{ accessibilityLayer: false, ...inEachOther }}
        legendProps={{ itemSorter: null }}
        barProps={{ isAnimationActive: false, radius: [3, 3, 0, 0] }}
      />
    </div>
  );
}
