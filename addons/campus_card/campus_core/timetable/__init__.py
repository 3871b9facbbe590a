"""The timetable: patterns of lessons and changes of single dates become what takes place, and who is booked twice."""
