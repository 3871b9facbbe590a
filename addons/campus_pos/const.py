"""Constants of this addon."""

#: The key of the payment terminal, and the type of the barcode rules that read cards.
TERMINAL = "campus_card"
#: The purpose of the reservations that a till makes.
PURPOSE = "pos"
#: Longest text of a credential. A phone's code has 300 letters.
MAX_CREDENTIAL = 512
#: Longest text of a typed PIN.
MAX_PIN = 16
#: Number of tries for one payment line. It stops a broken reader that sends on and on.
MAX_ATTEMPT = 1000
#: Number of hours for which a link to a holder's photo works; it ends on the full hour.
PHOTO_TTL_H = 2
#: The states of a paid order.
PAID_STATES = ("paid", "done")
#: The groups that may change how a till is paid and pay card money back in another way.
MANAGER = "point_of_sale.group_pos_manager"
