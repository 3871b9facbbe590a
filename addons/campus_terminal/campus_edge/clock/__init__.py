"""What time it is, and who has told it: nobody moves it by setting the machine."""
