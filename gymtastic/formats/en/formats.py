"""How days and times are written wherever no format is asked for."""

DATE_FORMAT = "j M Y"
DATETIME_FORMAT = "D j M Y, H:i"
