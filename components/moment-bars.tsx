'use client';

import '@mantine/charts/styles.css';
import { BarChart } from '@mantine/charts';
import { formatCount } from './campaign-words';

const colors = {
  ...{ Sent: 'light-dark(var(--mantine-color-gray-5), var(--mantine-color-gray-6))' },
  ...{ Delivered: 'cyan.6', Bounced: 'red.6', Opened: 'post.5', Clicked: 'teal.6' },
};

export type MomentSeries = keyof typeof colors;
export type MomentBar = { at: string; when: string } & Record<MomentSeries, number>;

type Props = { bars: MomentBar[]; series: MomentSeries[]; label: string };

/** The table beside it says the same, so that this is a picture for whoever sees it. */
export function MomentBars({ bars, series, label }: Props) {
  return (
    <div role="img" aria-label={label} style={{ marginBottom: 20 }}>
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
        valueFormatter={formatCount}
        yAxisProps={{ allowDecimals: false, width: 48 }}
        barChartProps={{ accessibilityLayer: false }}
        legendProps={{ itemSorter: null }}
        barProps={{ isAnimationActive: false }}
      />
    </div>
  );
}
