"""The steps of a timetable import, in one direction: what is known, what each row means, what is done."""
