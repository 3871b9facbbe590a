from . import doors
