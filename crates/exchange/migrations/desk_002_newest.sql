-- Pages show the newest first, however much came before.
create index exchange_arrived_newest on exchange_arrived (mapping, case_id);
create index exchange_import_newest on exchange_import (mapping, made_at, id);
