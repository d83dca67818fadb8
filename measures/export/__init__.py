"""What readers take home: the list of measures and the roll-out as workbook and CSV.

Both formats hold exactly the rows that the page of the same address shows to the same reader.
"""
