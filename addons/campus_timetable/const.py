#: In the context of whoever books many lessons itself, at the end. An object of Python: no client can send one.
LATER = object()
