"""The sheets of the open project, planned and drawn by processes of their own."""
