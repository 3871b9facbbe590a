from . import day_xlsx
