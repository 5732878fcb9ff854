/** Hatches and point marks, drawn in a canvas when the style first asks for them. */
import type { Map as MapLibreMap } from 'maplibre-gl'
import type { Pattern } from '@/api/types'

const RATIO = 2

/** Id of an image that `resolveImage` can draw: `fill|hatch|#b0261e`, `mark|solid|#b0261e|#ffffff`. */
export const fillImage = (pattern: Pattern, colour: string): string => `fill|${pattern}|${colour}`
/** Shapes of marks beyond those that a layer may choose: they tell of a light. */
export type Mark = Pattern | 'triangle' | 'diamond' | 'tick'
export const markImage = (pattern: Mark, colour: string, halo: string): string => `mark|${pattern}|${colour}|${halo}`

type Draw = (pen: CanvasRenderingContext2D, colour: string) => void

const fills: Partial<Record<Pattern, Draw>> = {
  hatch(pen) {
    for (const shift of [-8, 0, 8]) {
      pen.moveTo(shift - 1, 9)
      pen.lineTo(shift + 9, -1)
    }
    pen.stroke()
  },
  cross(pen) {
    pen.moveTo(0, 4)
    pen.lineTo(8, 4)
    pen.moveTo(4, 0)
    pen.lineTo(4, 8)
    pen.stroke()
  },
  dot(pen) {
    pen.arc(4, 4, 1.3, 0, Math.PI * 2)
    pen.fill()
  },
}

const circle = (pen: CanvasRenderingContext2D, radius: number): void => {
  pen.beginPath()
  pen.arc(10, 10, radius, 0, Math.PI * 2)
}

const marks: Record<Mark, Draw> = {
  triangle(pen) {
    pen.beginPath()
    pen.moveTo(10, 3.6)
    pen.lineTo(16.4, 14.6)
    pen.lineTo(3.6, 14.6)
    pen.closePath()
    pen.fill()
  },
  diamond(pen) {
    pen.beginPath()
    pen.moveTo(10, 3.4)
    pen.lineTo(16.6, 10)
    pen.lineTo(10, 16.6)
    pen.lineTo(3.4, 10)
    pen.closePath()
    pen.fill()
  },
  tick(pen) {
    pen.beginPath()
    pen.moveTo(5.6, 10.4)
    pen.lineTo(8.8, 13.4)
    pen.lineTo(14.4, 6.8)
    pen.stroke()
  },
  solid(pen) {
    circle(pen, 6)
    pen.fill()
  },
  outline(pen) {
    circle(pen, 5.2)
    pen.stroke()
  },
  dashed(pen) {
    circle(pen, 5.2)
    pen.setLineDash([3, 2.4])
    pen.stroke()
  },
  dot(pen) {
    circle(pen, 5.4)
    pen.stroke()
    circle(pen, 2)
    pen.fill()
  },
  cross(pen) {
    pen.beginPath()
    pen.moveTo(5.5, 5.5)
    pen.lineTo(14.5, 14.5)
    pen.moveTo(14.5, 5.5)
    pen.lineTo(5.5, 14.5)
    pen.stroke()
  },
  hatch(pen) {
    pen.beginPath()
    pen.rect(4.5, 4.5, 11, 11)
    pen.moveTo(4.5, 15.5)
    pen.lineTo(15.5, 4.5)
    pen.stroke()
  },
}

function canvas(size: number): CanvasRenderingContext2D {
  const sheet = document.createElement('canvas')
  sheet.width = sheet.height = size * RATIO
  const pen = sheet.getContext('2d')!
  pen.scale(RATIO, RATIO)
  pen.beginPath()
  return pen
}

function drawFill(pattern: Pattern, colour: string): ImageData {
  const pen = canvas(8)
  pen.strokeStyle = pen.fillStyle = colour
  pen.lineWidth = 1.4
  fills[pattern]?.(pen, colour)
  return pen.getImageData(0, 0, 8 * RATIO, 8 * RATIO)
}

/** A mark with a halo below it, so that it stands out on imagery and on either ground. */
function drawMark(pattern: Mark, colour: string, halo: string): ImageData {
  const pen = canvas(20)
  pen.strokeStyle = pen.fillStyle = halo
  circle(pen, 7.4)
  pen.fill()
  pen.strokeStyle = pen.fillStyle = colour
  pen.lineWidth = 2.2
  pen.lineCap = 'round'
  marks[pattern](pen, colour)
  return pen.getImageData(0, 0, 20 * RATIO, 20 * RATIO)
}

/** Draws the image a style asks for; ids of others are left alone. */
export function resolveImage(map: MapLibreMap, id: string): void {
  const [family, pattern, colour, halo] = id.split('|') as [string, Mark, string, string | undefined]
  if (map.hasImage(id)) return
  if (family === 'fill') map.addImage(id, drawFill(pattern as Pattern, colour), { pixelRatio: RATIO })
  if (family === 'mark') map.addImage(id, drawMark(pattern, colour, halo ?? '#ffffff'), { pixelRatio: RATIO })
}
