from . import identity, vcard
