-- A copy of the database knows no secret of a chip.
UPDATE campus_chip_key SET meta_key = NULL, master_key = NULL;
