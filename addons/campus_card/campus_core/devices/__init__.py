"""The machines beside the readers: how they are paired, what they report, whether they are well."""
