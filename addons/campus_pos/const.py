"""Names and bounds shared by the models of this addon."""

#: Key of the payment terminal, and type of the barcode rules that read cards.
TERMINAL = "campus_card"
#: Purpose of the reservations that a till makes.
PURPOSE = "pos"
#: A credential is what a reader types; a phone's code has 300 letters, longer text is none.
MAX_CREDENTIAL = 512
#: A PIN that is typed; longer text is not one.
MAX_PIN = 16
#: Tries under one payment line, each after a refusal; a reader gone wild is stopped here.
MAX_ATTEMPT = 1000
#: A link to a holder's photo works to the end of this many hours.
PHOTO_TTL_H = 2
#: States in which an order is paid for.
PAID_STATES = ("paid", "done")
#: Who changes how a till is paid, and gives card money back in another way.
MANAGER = "point_of_sale.group_pos_manager"
