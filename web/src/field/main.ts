import '../theme/tokens.css'
import '../theme/base.css'
