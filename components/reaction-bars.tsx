'use client';

import '@mantine/charts/styles.css';
import { BarChart } from '@mantine/charts';

export type ReactionBar = { when: string; Opened: number; Clicked: number };

const colors = { Opened: 'post.5', Clicked: 'teal.6' };

type Props = { bars: ReactionBar[]; series: (keyof typeof colors)[]; label: string };

/** The table beside it says the same, so that this is a picture for whoever sees it. */
export function ReactionBars({ bars, series, label }: Props) {
  return (
    <div role="img" aria-label={label}>
      <BarChart
        h={240}
        data={bars}
        dataKey="when"
        series={series.map((name) => ({ name, color: colors[name] }))}
        withLegend
        tickLine="none"
        gridAxis="x"
        maxBarWidth={28}
        xAxisProps={{ minTickGap: 28 }}
        yAxisProps={{ allowDecimals: false, width: 48 }}
        barChartProps={{ accessibilityLayer: false }}
        barProps={{ isAnimationActive: false }}
      />
    </div>
  );
}
