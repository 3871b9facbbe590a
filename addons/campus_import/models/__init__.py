from . import (
    campus_import_profile,
    campus_import_profile_column,
    campus_import_profile_word,
    campus_import,
    campus_import_account,
    campus_import_line,
    campus_import_text,
    campus_import_run,
    campus_import_job,
    campus_import_report,
    campus_wallet,
)
