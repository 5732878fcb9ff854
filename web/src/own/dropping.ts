/** Drops an own layer, after its name was typed. */
import { ElMessageBox } from 'element-plus'
import { query, remove } from '@/api/client'
import type { Layer } from '@/api/types'
import { select, selected } from '@/features/selection'
import { say, text } from '@/i18n'
import { catalogue } from '@/layers/catalogue'
import { show } from '@/layers/tree'
import { tell } from '@/shell/notes'
import { tellProblem } from '@/shell/problems'

export async function dropLayer(layer: Layer): Promise<void> {
  const name = text(layer.title)
  const said = await ElMessageBox.prompt(say('own.dropAsk', { name }), say('own.dropTitle'), {
    confirmButtonText: say('own.drop'), cancelButtonText: say('common.cancel'), confirmButtonClass: 'el-button--danger',
    inputPlaceholder: name, inputValidator: (typed) => typed?.trim() === name || say('own.needName'),
  }).catch(() => null)
  if (!said) return
  try {
    await remove(`/api/own-layers/${layer.id}${query({ name: said.value.trim() })}`)
    if (selected.value?.layer === layer.id) select(null)
    show(layer.id, false)
    await catalogue.load()
    tell({ kind: 'ok', text: say('own.dropped', { name }) })
  } catch (reason) {
    tellProblem(reason)
  }
}
