"""Handing a shift over by hand: what somebody has in charge, with a note, to whoever comes on and takes it over."""
