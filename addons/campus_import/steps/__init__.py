"""The steps of an import, in one direction: what is known, what each row means, what is done."""
