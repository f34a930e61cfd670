"""Cures that are certain: what a click on Fix does about a finding, each in one edit."""
