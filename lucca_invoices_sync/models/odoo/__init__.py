from . import account_journal
from . import account_move
from . import digest_digest
from . import ir_websocket
from . import mail_activity_type
from . import res_config_settings
from . import res_currency
from . import res_partner
