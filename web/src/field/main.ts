import { createApp } from 'vue'
import { i18n } from '@/i18n'
import '@/theme/tokens.css'
import '@/theme/base.css'
import './field.css'
import FieldApp from './FieldApp.vue'

createApp(FieldApp).use(i18n).mount('#app')
