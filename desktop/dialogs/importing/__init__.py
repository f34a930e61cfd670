"""The import of a NetBox device type library: what is read, how it is understood, what becomes of it."""
