"""The specification set: sheets, tables and the PDF they are printed to."""
