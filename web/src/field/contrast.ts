/** High contrast for sunlight; remembered. */
import { ref, watchEffect } from 'vue'

const KEY = 'chengtu.contrast'
export const contrast = ref(localStorage.getItem(KEY) === 'on')
watchEffect(() => {
  document.documentElement.classList.toggle('contrast', contrast.value)
  localStorage.setItem(KEY, contrast.value ? 'on' : 'off')
})
