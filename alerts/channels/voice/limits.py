"""What a telephone call allows."""

# Spoken, that is some forty seconds: nobody listens to more.
SPOKEN_CHARACTERS = 500
TAKE_CHARGE = "1"
