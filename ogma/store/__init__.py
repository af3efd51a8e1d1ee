"""Peewee on APSW: tables, migrations, queries. Only services write through it."""
