/** What the sheet shows, and how high it stands. */
import { ref, shallowRef } from 'vue'
import type { Task } from '@/api/types'

export const HEIGHTS = ['low', 'half', 'full'] as const
export const height = ref<(typeof HEIGHTS)[number]>('half')
export const view = ref<'tasks' | 'grid'>('grid')
/** The task that is looked at. */
export const opened = shallowRef<Task | null>(null)

export function openTask(task: Task): void {
  view.value = 'tasks'
  opened.value = task
  height.value = 'full'
}

export function closeTask(): void {
  opened.value = null
  height.value = 'half'
}
