/** The parts of ECharts that are used, in a piece of their own that is fetched when needed. */
import { BarChart } from 'echarts/charts'
import { GridComponent, LegendComponent, TooltipComponent } from 'echarts/components'
import { init as start, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'

use([BarChart, GridComponent, LegendComponent, TooltipComponent, SVGRenderer])

export const init = (box: HTMLElement): ReturnType<typeof start> => start(box, undefined, { renderer: 'svg' })
