import { createApp } from 'vue'
import App from './App.vue'
import { i18n } from './i18n'
import './theme/tokens.css'
import './theme/base.css'
import './theme/element.css'

createApp(App).use(i18n).mount('#app')
