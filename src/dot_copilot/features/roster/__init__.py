"""Roster import: a fleet's spreadsheet of drivers becomes drivers, employments, profiles and evidence."""
