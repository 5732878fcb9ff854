/** Options of the dashboard's charts. Pure; the colours are those of the illegal-building layer. */
import type { BarSeriesOption } from 'echarts/charts'
import type { GridComponentOption, LegendComponentOption, TooltipComponentOption } from 'echarts/components'
import type { ComposeOption } from 'echarts/core'
import type { Theme } from '@/theme/theme'

export type ChartOption = ComposeOption<BarSeriesOption | GridComponentOption | LegendComponentOption | TooltipComponentOption>

export interface Series {
  name: string
  values: number[]
  /** Drawn as an outline: what it is compared with. */
  hollow?: boolean
}

const RED: Record<Theme, string> = { light: '#c62828', dark: '#ff6b60' }
const INK: Record<Theme, string> = { light: '#414c5b', dark: '#bfc8d2' }
const LINE: Record<Theme, string> = { light: '#d9dee4', dark: '#343d4a' }
const PANEL: Record<Theme, string> = { light: '#ffffff', dark: '#1a1f27' }
const FAINT = 0.28

/** Bars along names; `chosen`: the place of the one that filters, the others grow faint. */
export function barOption(names: string[], series: Series[], how: { theme: Theme; lying: boolean; chosen: number | null }): ChartOption {
  const { theme, lying, chosen } = how
  const text = { color: INK[theme], fontSize: 12, fontFamily: 'inherit' }
  const category = { type: 'category' as const, data: names, axisLabel: { ...text, interval: lying ? 0 : ('auto' as const), ...(lying ? { width: 90, overflow: 'truncate' as const } : {}) }, axisTick: { show: false }, axisLine: { lineStyle: { color: LINE[theme] } } }
  const value = { type: 'value' as const, minInterval: 1, axisLabel: text, splitLine: { lineStyle: { color: LINE[theme] } }, splitNumber: 4 }
  return {
    grid: { left: lying ? 98 : 30, right: lying ? 34 : 6, top: series.length > 1 ? 34 : 20, bottom: lying ? 20 : 22, outerBoundsMode: 'none' },
    ...(series.length > 1 ? { legend: { top: 0, left: 0, itemWidth: 14, itemHeight: 10, textStyle: text } } : {}),
    tooltip: { trigger: 'axis', axisPointer: { type: 'shadow' }, backgroundColor: PANEL[theme], borderColor: LINE[theme], textStyle: text, confine: true },
    ...(lying ? { xAxis: value, yAxis: { ...category, inverse: true } } : { xAxis: category, yAxis: value }),
    series: series.map((each): BarSeriesOption => ({
      type: 'bar',
      name: each.name,
      barMaxWidth: lying ? 13 : 22,
      cursor: 'pointer',
      label: { show: lying || names.length < 14, position: lying ? 'right' : 'top', ...text },
      itemStyle: each.hollow ? { color: 'transparent', borderColor: INK[theme], borderWidth: 1.2 } : { color: RED[theme] },
      data: each.values.map((amount, place) => ({ value: amount, itemStyle: chosen === null || chosen === place ? {} : { opacity: FAINT } })),
    })),
  }
}
